/**
 * Where each command lives over HTTP. Apart from the schemas, so that the SDK carries this table and no validator.
 */
export const paths = {
  "auth.signUp": "POST /v1/sign-up",
  "auth.signIn": "POST /v1/sign-in",
  "auth.signOut": "POST /v1/sign-out",
  "sessions.list": "GET /v1/sessions",
  "sessions.revoke": "DELETE /v1/sessions/{sessionId}",
  "socketTickets.create": "POST /v1/socket-tickets",

  "me.get": "GET /v1/me",
  "me.update": "PATCH /v1/me",
  "settings.get": "GET /v1/me/settings",
  "settings.update": "PATCH /v1/me/settings",
  "people.search": "GET /v1/people",
  "people.get": "GET /v1/people/{personId}",
  "people.getByUsername": "GET /v1/usernames/{username}",
  "people.followers": "GET /v1/people/{personId}/followers",
  "people.following": "GET /v1/people/{personId}/following",
  "follows.follow": "PUT /v1/people/{personId}/follow",
  "follows.unfollow": "DELETE /v1/people/{personId}/follow",
  "blocks.list": "GET /v1/blocks",
  "blocks.block": "PUT /v1/people/{personId}/block",
  "blocks.unblock": "DELETE /v1/people/{personId}/block",

  "conversations.list": "GET /v1/conversations",
  "conversations.get": "GET /v1/conversations/{conversationId}",
  "conversations.withPerson": "GET /v1/people/{personId}/conversation",
  "conversations.update": "PATCH /v1/conversations/{conversationId}",
  "conversations.markRead": "PUT /v1/conversations/{conversationId}/read-marker",
  "conversations.createGroup": "POST /v1/groups",
  "conversations.leave": "POST /v1/conversations/{conversationId}/leave",
  "requests.accept": "POST /v1/conversations/{conversationId}/accept",
  "requests.decline": "POST /v1/conversations/{conversationId}/decline",

  "messages.send": "POST /v1/conversations/{conversationId}/messages",
  "messages.sendToPerson": "POST /v1/people/{personId}/messages",
  "messages.list": "GET /v1/conversations/{conversationId}/messages",
  "messages.changes": "GET /v1/conversations/{conversationId}/changes",
  "messages.unsend": "DELETE /v1/conversations/{conversationId}/messages/{messageId}",

  "media.get": "GET /v1/media/{mediaId}",
  "media.remove": "DELETE /v1/media/{mediaId}",
  "sync.pull": "GET /v1/sync",
} as const;

export type CommandName = keyof typeof paths;
