/**
 * A message's id says where it is: a UUIDv8 of its sequence number (the first 48 bits) and the random part of its
 * conversation's id (the last 74). So a message is found by its id through the log's primary key, and the commit maintains no
 * index of ids (decision 8). It tells nothing that the message does not.
 */
export function messageId(conversationId: string, seq: number): string {
  const hex = seq.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-8${conversationId.slice(15)}`;
}

/** Which number a message with this id has. Whether there is one, the log says: compare the id that it holds. */
export function seqOfMessage(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
