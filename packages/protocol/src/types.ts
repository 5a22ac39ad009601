import type * as z from "zod";
import type * as views from "./views.ts";

/** The views as types, for code that carries no validator. */
export type Conversation = z.output<typeof views.conversation>;
export type Draft = z.output<typeof views.draft>;
export type LinkPreview = z.output<typeof views.linkPreview>;
export type Me = z.output<typeof views.me>;
export type Media = z.output<typeof views.mediaView>;
export type MediaState = z.output<typeof views.mediaState>;
export type Message = z.output<typeof views.message>;
export type NotificationSettings = z.output<typeof views.notificationSettings>;
export type PersonBrief = z.output<typeof views.personBrief>;
export type Picture = z.output<typeof views.picture>;
export type Profile = z.output<typeof views.profile>;
export type Quote = z.output<typeof views.quote>;
export type Reaction = z.output<typeof views.reaction>;
export type Relation = z.output<typeof views.relation>;
export type SendDecision = z.output<typeof views.sendDecision>;
export type Session = z.output<typeof views.session>;
export type Settings = z.output<typeof views.settings>;
export type WhoMayMessage = z.output<typeof views.whoMayMessage>;
