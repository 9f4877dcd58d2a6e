/**
 * Directory trees as values: {@link dev.kiln.image.tree.TreeDigest} names a tree by what it
 * contains, {@link dev.kiln.image.tree.DurableTree} and {@link dev.kiln.image.tree.NamedDirectory}
 * make trees last under their names. Code trees, runtimes' images and container images share them.
 * Nothing is null.
 */
@NullMarked
package dev.kiln.image.tree;

import org.jspecify.annotations.NullMarked;
