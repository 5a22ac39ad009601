import type { Me } from "@sotto/protocol/types.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { Button } from "../controls/button.tsx";
import { Page } from "../controls/page.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { TextField } from "../controls/text-field.tsx";
import { toast } from "../controls/toast.tsx";
import { errorText } from "../session/problem.ts";
import { useMe, useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { PictureField } from "./picture-field.tsx";
import { bioLeft, draftProblems, typedLinks, type ProfileDraft } from "./profile-draft.ts";

export function EditProfile() {
  const t = useText();
  const me = useMe();
  return (
    <Page title={t("profile.edit")} back={`/people/${me.username}`}>
      <PictureField me={me} />
      <ProfileForm me={me} />
    </Page>
  );
}

function ProfileForm({ me }: { me: Me }) {
  const t = useText();
  const [draft, setDraft] = useState<ProfileDraft>({ name: me.name, bio: me.bio, links: me.links.join("\n") });
  const { busy, problem, save } = useSave(me.username);
  const problems = draftProblems(t, draft);
  const valid = Object.values(problems).every((one) => one === "");
  const set = (change: Partial<ProfileDraft>) => setDraft({ ...draft, ...change });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) void save(draft);
  };

  return (
    <form onSubmit={submit} className="mt-8 grid gap-5">
      <TextField
        label={t("profile.name")}
        value={draft.name}
        onChange={(event) => set({ name: event.target.value })}
        problem={problems.name}
        autoComplete="name"
      />
      <TextArea
        label={t("profile.bio")}
        value={draft.bio}
        onChange={(bio) => set({ bio })}
        rows={4}
        problem={problems.bio}
        hint={t("profile.bioHint", { left: bioLeft(draft.bio) })}
      />
      <TextArea
        label={t("profile.links")}
        value={draft.links}
        onChange={(links) => set({ links })}
        rows={3}
        problem={problems.links}
        hint={t("profile.linksHint", { most: limits.linksPerProfile })}
      />
      {problem !== "" && (
        <p role="alert" className="text-14 text-bad">
          {problem}
        </p>
      )}
      <Button look="main" type="submit" busy={busy} disabled={!valid} className="justify-self-start">
        {t("action.save")}
      </Button>
    </form>
  );
}

function useSave(username: string) {
  const t = useText();
  const sotto = useSotto();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const save = async ({ name, bio, links }: ProfileDraft) => {
    setBusy(true);
    setProblem("");
    try {
      await sotto.call("me.update", { name: name.trim(), bio: bio.trim(), links: typedLinks(links) });
      toast(t("settings.saved"));
      navigate(`/people/${username}`);
    } catch (error) {
      setProblem(errorText(t, error));
      setBusy(false);
    }
  };
  return { busy, problem, save };
}
