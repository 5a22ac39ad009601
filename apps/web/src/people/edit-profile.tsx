import { limits } from "@sotto/protocol/limits.ts";
import type { Me } from "@sotto/protocol/types.ts";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { Button } from "../controls/button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { toast } from "../controls/toast.tsx";
import { errorText } from "../session/problem.ts";
import { useMe, useSotto } from "../session/session.tsx";
import { Page } from "../controls/page.tsx";
import { countGraphemes } from "../text/graphemes.ts";
import { useText } from "../text/intl.tsx";
import { safeHref } from "../text/links.ts";
import { PictureField } from "./picture-field.tsx";

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
  const sotto = useSotto();
  const [, navigate] = useLocation();
  const [name, setName] = useState(me.name);
  const [bio, setBio] = useState(me.bio);
  const [links, setLinks] = useState(me.links.join("\n"));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  const typedLinks = links.split(/\s+/u).filter((link) => link !== "").map(withScheme);
  const problems = {
    name: name.trim() === "" ? t("profile.nameEmpty") : countGraphemes(name, limits.nameGraphemes) > limits.nameGraphemes ? t("profile.tooLong", { most: limits.nameGraphemes }) : "",
    bio: countGraphemes(bio, limits.bioGraphemes) > limits.bioGraphemes ? t("profile.tooLong", { most: limits.bioGraphemes }) : "",
    links: typedLinks.length > limits.linksPerProfile ? t("profile.tooManyLinks", { most: limits.linksPerProfile }) : typedLinks.some((link) => safeHref(link) === null) ? t("profile.badLink") : "",
  };
  const valid = Object.values(problems).every((one) => one === "");

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!valid) return;
    setBusy(true);
    try {
      await sotto.call("me.update", { name: name.trim(), bio: bio.trim(), links: typedLinks });
      toast(t("settings.saved"));
      navigate(`/people/${me.username}`);
    } catch (error) {
      setProblem(errorText(t, error));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void save(event)} className="mt-8 grid gap-5">
      <TextField label={t("profile.name")} value={name} onChange={(event) => setName(event.target.value)} problem={problems.name} autoComplete="name" />
      <TextArea label={t("profile.bio")} value={bio} onChange={setBio} rows={4} problem={problems.bio} hint={t("profile.bioHint", { left: limits.bioGraphemes - countGraphemes(bio, 2 * limits.bioGraphemes) })} />
      <TextArea label={t("profile.links")} value={links} onChange={setLinks} rows={3} problem={problems.links} hint={t("profile.linksHint", { most: limits.linksPerProfile })} />
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

interface TextAreaProps {
  label: string;
  value: string;
  rows: number;
  problem: string;
  hint: string;
  onChange: (value: string) => void;
}

function TextArea({ label, value, rows, problem, hint, onChange }: TextAreaProps) {
  const id = `field-${label}`;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-14 font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        dir="auto"
        value={value}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
        className="rounded-card border border-line bg-raised px-3 py-2.5 text-16 outline-none focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-accent-text aria-invalid:border-bad"
      />
      <p id={`${id}-note`} className={problem === "" ? "text-12 text-ink-2" : "text-12 text-bad"}>
        {problem === "" ? hint : problem}
      </p>
    </div>
  );
}

function withScheme(link: string): string {
  return /^[a-z][a-z0-9+.-]*:/iu.test(link) ? link : `https://${link}`;
}
