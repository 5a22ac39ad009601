import type { Me } from "@sotto/protocol/types.ts";
import ImagePlus from "lucide-react/icons/image-plus";
import { useRef, useState } from "react";
import { acceptedTypes, fileProblem } from "../composer/pickable.ts";
import { Avatar } from "../controls/avatar.tsx";
import { Button } from "../controls/button.tsx";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";

/** Saved as soon as it is chosen: a picture is looked at, not filled in. */
export function PictureField({ me }: { me: Me }) {
  const t = useText();
  const sotto = useSotto();
  const input = useRef<HTMLInputElement>(null);
  const [percent, setPercent] = useState<number | null>(null);
  const [problem, setProblem] = useState("");

  const attempt = async (work: () => Promise<unknown>) => {
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem(errorText(t, error));
    }
    setPercent(null);
  };
  const upload = (file: File | undefined) => {
    if (file === undefined) return;
    const wrong = fileProblem(file);
    if (wrong !== null) return setProblem(t(`file.${wrong}`));
    setPercent(0);
    void attempt(async () => {
      const pictureMediaId = await sotto.upload(file, {
        onProgress: (done, all) => setPercent(Math.round((done / Math.max(1, all)) * 100)),
      });
      await sotto.call("me.update", { pictureMediaId });
    });
  };

  return (
    <div className="flex flex-wrap items-center gap-5">
      <Avatar person={me} sizePixels={96} />
      <div className="grid gap-2">
        <div className="flex flex-wrap gap-2">
          <Button icon={ImagePlus} busy={percent !== null} onClick={() => input.current?.click()}>
            {percent === null ? t("profile.choosePicture") : t("outgoing.uploading", { percent })}
          </Button>
          {me.picture !== null && percent === null && (
            <Button look="soft" onClick={() => void attempt(() => sotto.call("me.update", { pictureMediaId: null }))}>
              {t("profile.removePicture")}
            </Button>
          )}
        </div>
        <p role="status" className={problem === "" ? "text-12 text-ink-2" : "text-12 text-bad"}>
          {problem === "" ? t("profile.pictureHint") : problem}
        </p>
      </div>
      <input
        ref={input}
        type="file"
        accept={acceptedTypes}
        hidden
        onChange={({ target }) => {
          upload(target.files?.[0]);
          target.value = "";
        }}
      />
    </div>
  );
}
