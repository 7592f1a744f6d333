/** Texts of a language by the English ones. */
export type Translation = Readonly<Record<string, string>>;
