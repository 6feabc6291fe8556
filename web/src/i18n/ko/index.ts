import type { Catalogue } from "..";
import { buckets } from "./buckets";
import { common } from "./common";
import { guide } from "./guide";
import { identities } from "./identities";
import { policies } from "./policies";
import { roles } from "./roles";
import { shell } from "./shell";
import { storage } from "./storage";

export const ko: Catalogue = { ...common, ...shell, ...guide, ...policies, ...identities, ...roles, ...storage, ...buckets };
