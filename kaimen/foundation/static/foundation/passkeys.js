// Passkeys: fetch or read the challenge, ask the device, post what it says. Without script the password remains.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0)).buffer;
  };
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

  const plain = (credential) => {
    const answer = credential.response;
    const response = { clientDataJSON: toText(answer.clientDataJSON) };
    for (const key of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (answer[key]) response[key] = toText(answer[key]);
    }
    if (answer.getTransports) response.transports = answer.getTransports();
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const create = (options, form) => {
    const key = { ...options.publicKey };
    key.challenge = toBytes(key.challenge);
    key.user = { ...key.user, id: toBytes(key.user.id) };
    key.excludeCredentials = withBytes(key.excludeCredentials);
    const alone = form.querySelector("[name=passwordless]");
    const passwordless = Boolean(alone && alone.checked);
    key.authenticatorSelection = {
      ...key.authenticatorSelection,
      residentKey: passwordless ? "required" : "discouraged",
      requireResidentKey: passwordless,
      ...(passwordless ? { userVerification: "required" } : {}),
    };
    return navigator.credentials.create({ publicKey: key });
  };

  const get = (options) => {
    const key = { ...options.publicKey };
    key.challenge = toBytes(key.challenge);
    key.allowCredentials = withBytes(key.allowCredentials);
    return navigator.credentials.get({ publicKey: key });
  };

  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.action, {
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    });
    return (await answer.json()).request_options;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button[type=button]").addEventListener("click", async () => {
      const problem = form.querySelector("[role=alert]");
      problem.hidden = true;
      try {
        const options = await optionsOf(form);
        const made = form.dataset.passkey === "add" ? await create(options, form) : await get(options);
        form.querySelector("[name=credential]").value = JSON.stringify(plain(made));
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
