/** The id of a commit, tree, blob or tag: 40 hexadecimal digits. */
export type ObjectId = string;
