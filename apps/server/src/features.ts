import { readEmail } from "./account/email-store.ts";
import { deleteJobs } from "./account/delete.ts";
import { accountHandlers } from "./account/handlers.ts";
import { mailJobs } from "./account/mail-jobs.ts";
import { authHandlers } from "./auth/handlers.ts";
import type { Config } from "./config.ts";
import { conversationHandlers } from "./conversations/handlers.ts";
import { readShownIn } from "./conversations/showing.ts";
import { viewConversations } from "./conversations/view.ts";
import { damageLog } from "./damage.ts";
import { isDataError, type Sql } from "./db/sql.ts";
import type { InboxFlush } from "./fanout/inbox-flush.ts";
import type { Publish } from "./fanout/publish.ts";
import { groupHandlers } from "./groups/handlers.ts";
import { acceptInvitation, declineInvitation, declineInvitationsOf, leaveGroup } from "./groups/leave.ts";
import type { Handlers } from "./handler.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { Limit } from "./limits.ts";
import { decisionInConversation, decisionToPerson } from "./messages/decisions.ts";
import { setDisappearing } from "./messages/disappearing.ts";
import { messageHandlers } from "./messages/handlers.ts";
import { viewMessages, type MediaReader } from "./messages/message-parts.ts";
import type { MessageRow } from "./messages/message-view.ts";
import { onceHandlers } from "./messages/once-handlers.ts";
import { startRounds, type Rounds } from "./messages/rounds.ts";
import { tellChanged } from "./messages/quoting.ts";
import { ToldAgain } from "./messages/told-again.ts";
import type { SaidDeps } from "./messages/said.ts";
import { sendBatch } from "./messages/send.ts";
import { sendQueue, type SendQueue } from "./messages/send-queue.ts";
import { readMessages } from "./messages/store.ts";
import type { MediaPurge } from "./messages/entomb.ts";
import { notificationFeature } from "./notifications/feature.ts";
import type { Notices } from "./notifications/notices.ts";
import type { PushKeys } from "./notifications/push-keys.ts";
import { tellingReactions } from "./notifications/tell-reactions.ts";
import { personBriefs } from "./people/brief.ts";
import { peopleHandlers } from "./people/handlers.ts";
import { readSettings } from "./people/settings.ts";
import { prefixRanges } from "./people/search-words.ts";
import { insertPerson, personExists, readMe, usernameTaken } from "./people/store.ts";
import type { Bus } from "./ports/bus.ts";
import type { Mailer } from "./ports/mailer.ts";
import { hideRequest } from "./requests/answer.ts";
import { deriveKey } from "./secret.ts";
import { requestHandlers } from "./requests/handlers.ts";
import { searchEntries } from "./search/entries.ts";
import { searchHandlers } from "./search/handlers.ts";
import { pullSync } from "./sync/pull.ts";
import { tracedRoot } from "./telemetry/traces.ts";

export interface FeatureDeps {
  config: Config;
  sql: Sql;
  batchSql: Sql;
  bus: Bus;
  publish: Publish;
  inbox: InboxFlush;
  limit: Limit;
  epoch: string;
  /** Undefined where no mail server is named (SMTP_URL). */
  mailer: Mailer | undefined;
  notices: Pick<Notices, "reacted">;
  pushKeys: PushKeys;
  /** Those of these people who are connected somewhere; given by `cluster/`. */
  online: (personIds: readonly string[]) => Promise<Set<string>>;
  /** Given by `media/`: how photos are shown, and how they go. */
  media: { views: MediaReader; purge: MediaPurge };
  /** Given by `link-previews/`. */
  claimPreview: SaidDeps["claimPreview"];
  onError: (error: unknown) => void;
}

export interface Features {
  handlers: Handlers[];
  queue: SendQueue;
  jobs: Jobs[];
  /** Where letters end themselves. */
  unsubscribe: (request: Request) => Promise<Response>;
  /** What time does to messages: a worker's. */
  startRounds: () => Rounds;
}

/** The list of features. They meet here: what one needs of another is handed over as a function. */
export function features(deps: FeatureDeps): Features {
  const { config, sql, publish, epoch, media, mailer, onError } = deps;
  const sending = sendingDeps(deps, damageLog(onError));
  const queue = sendQueue({ run: (sends) => runBatch(sending, sends), isDataError, onError });
  const views = viewsOf(sql, sending);
  const once = {
    ...sending,
    media: media.purge,
    views: media.views,
    tell: async (rows: readonly MessageRow[]) => await tellChanged(sending, rows),
  };
  const account = accountDeps(deps);
  const notifications = notificationFeature({
    config,
    sql,
    publish,
    mailer,
    digestKey: deriveKey(config.secret, "digest"),
    keys: deps.pushKeys,
    settings: async (personId) => await readSettings(sql, personId),
    onError,
  });
  const handlers: Handlers[] = [
    notifications.handlers,
    ...aboutPeople(deps),
    ...aboutConversations(deps, sending, views),
    tellingReactions(messageHandlers({ ...sending, epoch, queue, view: views.one, purge: media.purge }), deps.notices),
    onceHandlers(once),
    accountHandlers(account),
    searchHandlers({ sql, messages: views.readers.messages }),
    { "sync.pull": async (input, caller) => await pullSync({ sql, epoch, view: views.many }, caller.personId, input) },
  ];
  return {
    handlers,
    queue,
    jobs: [mailJobs(account), deleteJobs(account), notifications.jobs],
    startRounds: () => startRounds(once),
    unsubscribe: notifications.unsubscribe,
  };
}

type Sending = ReturnType<typeof sendingDeps>;

/** Conversations as somebody sees them, and what is read for that. */
function viewsOf(sql: Sql, sending: Sending) {
  const readers = {
    damaged: sending.damaged,
    people: sending.people,
    messages: async (keys: readonly { conversationId: string; seq: number }[], viewerId: string) =>
      await viewMessages(sending, await readMessages(sql, keys), viewerId),
  };
  const many = async (viewerId: string, ids: readonly string[]) => await viewConversations(sql, readers, viewerId, ids);
  return { readers, many, one: async (viewerId: string, id: string) => (await many(viewerId, [id]))[0] ?? null };
}

function aboutPeople(deps: FeatureDeps): Handlers[] {
  const { config, sql, bus, publish, inbox, limit, epoch, media } = deps;
  const { editWindowMinutes } = config;
  const me = async (id: string) =>
    await readMe(sql, id, { email: await readEmail(sql, id, new Date()), editWindowMinutes });
  return [
    authHandlers({
      sql,
      bus,
      limit,
      defaultWhoMayMessage: config.defaultWhoMayMessage,
      people: {
        has: async (username) => await usernameTaken(sql, username),
        insert: async (person) => await insertPerson(sql, person),
        me,
      },
    }),
    peopleHandlers({
      sql,
      online: deps.online,
      receiptsChanged: async (personId) => {
        for (const id of await readShownIn(sql, personId)) inbox.touch(id, { stale: true });
      },
      me,
      publish,
      epoch,
      hideRequest,
      media: media.purge,
      declineInvitationsOf: async (invited) => await declineInvitationsOf(deps, invited),
    }),
  ];
}

function aboutConversations(deps: FeatureDeps, sending: Sending, views: ReturnType<typeof viewsOf>): Handlers[] {
  const { config, sql, bus, publish, inbox, epoch } = deps;
  const leaving = { sql, bus, publish, epoch, inbox };
  return [
    conversationHandlers({
      sql,
      nowMs: sending.nowMs,
      setDisappearing: async (personId, input) => await setDisappearing(sending, personId, input),
      publish,
      epoch,
      readers: views.readers,
      prefixRanges,
      decisions: {
        inConversation: async (viewerId, id) => await decisionInConversation(sending, viewerId, id),
        toPerson: async (viewerId, personId) => await decisionToPerson(sending, viewerId, personId),
      },
    }),
    groupHandlers({ ...sending, ...leaving, secret: deriveKey(config.secret, "group"), view: views.one }),
    requestHandlers({
      sql,
      publish,
      epoch,
      inbox,
      invitations: {
        accept: async (invited) => await acceptInvitation(leaving, invited),
        decline: async (invited) => await declineInvitation(leaving, invited),
      },
      view: views.one,
    }),
  ];
}

function accountDeps(deps: FeatureDeps) {
  const { config, sql, bus, publish, inbox, media, mailer } = deps;
  return {
    sql,
    bus,
    inbox,
    mailer,
    url: config.url,
    now: () => new Date(),
    media: media.purge,
    leave: async (member: { personId: string; conversationId: string }) => void (await leaveGroup(deps, member)),
    changed: (personId: string) => publish([personId], { event: "me.changed" }),
  };
}

/** What the pipeline of a message needs, whichever way it goes. */
function sendingDeps(deps: FeatureDeps, damaged: ReturnType<typeof damageLog>) {
  const { config, sql, batchSql, publish, inbox, limit, media, onError } = deps;
  return {
    sql,
    batchSql,
    damaged,
    publish,
    inbox,
    limit,
    media: media.views,
    search: searchEntries,
    people: async (ids: readonly string[]) => await personBriefs(sql, ids),
    personExists: async (id: string) => await personExists(sql, id),
    claimPreview: deps.claimPreview,
    secret: deriveKey(config.secret, "fingerprint"),
    rules: { requestCooldownMs: config.limits.requestCooldownDays * 24 * 3_600_000 },
    editRules: { editWindowMs: config.editWindowMinutes * 60_000 },
    strangersPerDay: config.limits.strangersPerDay,
    toldAgain: new ToldAgain(),
    nowMs: Date.now,
    onError,
  };
}

function runBatch(sending: Parameters<typeof sendBatch>[0], sends: Parameters<typeof sendBatch>[1]) {
  return tracedRoot(
    "sends",
    () => ({ "sotto.messages": sends.length }),
    async () => await sendBatch(sending, sends),
  );
}
