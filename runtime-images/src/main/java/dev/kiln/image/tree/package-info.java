/**
 * Directory trees as values: {@link dev.kiln.image.tree.TreeDigest} names a tree by what it
 * contains and {@link dev.kiln.image.tree.DurableTree} makes one last. Code trees and runtime
 * images share both. Nothing is null.
 */
@NullMarked
package dev.kiln.image.tree;

import org.jspecify.annotations.NullMarked;
