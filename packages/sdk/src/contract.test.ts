import { expect, test } from "bun:test";
import { commands } from "@sotto/protocol/commands.ts";
import { httpOnly } from "./call.ts";
import { problemFrom } from "./error.ts";
import { toRequest } from "./http.ts";
import { socketUrl } from "./connection.ts";

test("the list of commands that are not on the socket is the contract's", () => {
  const expected = Object.values(commands).filter((one) => one.over === "http");
  expect([...httpOnly].sort()).toEqual(expected.map((one) => one.name).sort());
});

test("path keys, then the query of a GET or DELETE, the body of everything else", () => {
  expect(toRequest("messages.list", { conversationId: "c/1", before: 7, limit: undefined })).toEqual({
    method: "GET",
    path: "/v1/conversations/c%2F1/messages?before=7",
  });
  expect(toRequest("messages.unsend", { conversationId: "c", messageId: "m" })).toEqual({
    method: "DELETE",
    path: "/v1/conversations/c/messages/m",
  });
  expect(toRequest("conversations.update", { conversationId: "c", mutedUntil: null })).toEqual({
    method: "PATCH",
    path: "/v1/conversations/c",
    body: '{"mutedUntil":null}',
  });
});

test("an answer that a proxy gave becomes the nearest problem", () => {
  expect(problemFrom(502, "<html>bad gateway</html>").code).toBe("unavailable");
  expect(problemFrom(413, "").code).toBe("too_large");
  expect(problemFrom(401, "no").code).toBe("unauthenticated");
  expect(problemFrom(418, "").code).toBe("invalid");
  const sent = { type: "about:blank#conflict", title: "t", status: 409, code: "conflict", detail: "d", requestId: "r" };
  expect(problemFrom(409, JSON.stringify(sent))).toEqual({ ...sent, code: "conflict" });
});

test("the socket's address: a path on this server, or another host, always with ticket and version", () => {
  const ticket = "t+1";
  expect(socketUrl("https://dm.example", { ticket, url: "/v1/socket" })).toBe(
    "wss://dm.example/v1/socket?ticket=t%2B1&version=1",
  );
  expect(socketUrl("http://a:1", { ticket, url: "ws://b:2/v1/socket" })).toBe(
    "ws://b:2/v1/socket?ticket=t%2B1&version=1",
  );
});
