/** Texts of a language by the English ones. A missing text stays English; German is complete, which its type checks. */
export type Translation = Readonly<Record<string, string>>;
