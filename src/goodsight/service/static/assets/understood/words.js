// @ts-check
/** The words of this folder, in every language. */

import { addWords } from "../i18n.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

addWords("en", english);
addWords("zh", chinese);
