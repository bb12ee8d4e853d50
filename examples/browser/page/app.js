"use strict";

const api = document.documentElement.dataset.api; // the API under another origin
const element = (id) => document.getElementById(id);
let token = ""; // gone with the page; localStorage would keep it for any script

const password = () => ({ Authorization: `Basic ${btoa(`jack:${element("password").value}`)}` });
const bearer = () => ({ Authorization: `Bearer ${token}` });

const calls = {
  nobody: () => fetch("/orders", { credentials: "omit" }),

  async token() {
    const response = await fetch("/token", { method: "POST", headers: password() });
    if (response.ok) token = (await response.json()).token;
    return response;
  },
  // Without "omit" the cookie would come along, and two tokens that differ are refused.
  bearer: () => fetch("/orders", { credentials: "omit", headers: bearer() }),

  login: () => fetch("/session", { method: "POST", headers: password() }),
  read: () => fetch("/orders"),
  order: () => fetch("/orders", { method: "POST", body: new URLSearchParams({ item: "tea" }) }),
  logout: () => fetch("/session", { method: "DELETE" }),

  // To another origin fetch sends no cookie by itself, and a preflight first.
  far: () => fetch(`${api}/orders`, { headers: bearer() }),
  farNobody: () => fetch(`${api}/orders`),
};

async function show(name) {
  const status = element(name);
  status.textContent = "...";
  try {
    const response = await calls[name]();
    const challenge = response.headers.get("WWW-Authenticate") ?? "";
    const body = response.bodyUsed ? "" : await response.text();
    status.textContent = `${response.status} ${challenge} ${body}`;
  } catch {
    status.textContent = "no answer that this page may read";
  }
}

let chat;

function join() {
  chat = new WebSocket(`${location.origin.replace("http", "ws")}/chat`);
  let state = "refused";
  chat.onopen = () => (element("chat").textContent = state = "joined");
  chat.onclose = () => (element("chat").textContent = state === "joined" ? "left" : state);
  chat.onmessage = ({ data }) => {
    const { from, text } = JSON.parse(data);
    const item = document.createElement("li");
    item.textContent = `${from}: ${text}`; // never as HTML: others wrote it
    element("said").append(item);
  };
}

for (const button of document.querySelectorAll("button[data-call]")) {
  button.addEventListener("click", () => show(button.dataset.call));
}
element("join").addEventListener("click", join);
element("say").addEventListener("submit", (event) => {
  event.preventDefault();
  chat?.send(element("text").value);
  element("text").value = "";
});
