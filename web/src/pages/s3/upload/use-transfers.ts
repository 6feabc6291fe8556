import { useEffect, useRef, useState } from "react";

import { useS3 } from "@/api/s3";

import { type Progress, Transfer } from "./transfer";

export interface Sent extends Progress {
  file: File;
}

/** Files on their way under a prefix, one after the other; whatever is unfinished when the page is left is given up. */
export function useTransfers(bucket: string, prefix: string) {
  const s3 = useS3();
  const transfers = useRef<Transfer[]>([]);
  const [sent, setSent] = useState<Sent[]>([]);
  useEffect(
    () => () => {
      for (const transfer of transfers.current) if (transfer.unfinished) void transfer.cancel();
    },
    [],
  );
  const start = async (files: File[]) => {
    setSent(files.map((file) => ({ file, state: "waiting", sent: 0 })));
    transfers.current = files.map(
      (file, place) =>
        new Transfer(s3, { Bucket: bucket, Key: prefix + file.name }, file, (progress) =>
          setSent((before) => before.map((one, index) => (index === place ? { file, ...progress } : one))),
        ),
    );
    for (const transfer of transfers.current) await transfer.run();
  };
  return {
    sent,
    start,
    pause: (place: number) => transfers.current[place]?.pause(),
    resume: (place: number) => void transfers.current[place]?.run(),
    cancel: (place: number) => void transfers.current[place]?.cancel(),
  };
}
