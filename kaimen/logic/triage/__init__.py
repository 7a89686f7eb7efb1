"""What a sentence is about: classes ranked, with a confidence that means what it says and the words that decided.

`cold` makes a model from names and everyday words alone, `train` one from texts with their right classes as well;
`load` and `Model.to_bytes` store it as numbers and JSON: opening a model file never executes anything.
"""

from kaimen.logic.triage.lexicon import Lexicon, Vocabulary, lexicon_of
from kaimen.logic.triage.measuring import Score, near_duplicates, score
from kaimen.logic.triage.model import BadModel, Class, Model, Prediction, Settings, load
from kaimen.logic.triage.texts import Message
from kaimen.logic.triage.training import NotEnough, cold, train

__all__ = [
    "BadModel",
    "Class",
    "Lexicon",
    "Message",
    "Model",
    "NotEnough",
    "Prediction",
    "Score",
    "Settings",
    "Vocabulary",
    "cold",
    "lexicon_of",
    "load",
    "near_duplicates",
    "score",
    "train",
]
