"use strict";

const { shop } = document.documentElement.dataset;
const order = { method: "POST", credentials: "include", body: new URLSearchParams({ item: "gold" }) };

async function told(response) {
  return response.type === "opaque" ? "sent" : `${response.status} ${await response.text()}`;
}

const calls = {
  blind: async () => told(await fetch(`${shop}/orders`, { ...order, mode: "no-cors" })),
  order: async () => told(await fetch(`${shop}/orders`, order)),
  read: async () => told(await fetch(`${shop}/orders`, { credentials: "include" })),
  chat: () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${shop.replace("http", "ws")}/chat`);
      socket.onmessage = ({ data }) => data.includes("gold") && resolve(`heard ${data}`);
      socket.onopen = () => socket.send("buy gold");
      socket.onclose = reject;
    }),
};

for (const button of document.querySelectorAll("button[data-call]")) {
  const status = document.getElementById(button.dataset.call);
  button.addEventListener("click", async () => {
    status.textContent = "...";
    status.textContent = await calls[button.dataset.call]().catch(() => "refused");
  });
}
