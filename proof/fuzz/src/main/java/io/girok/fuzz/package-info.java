/// Bytes of strangers, made by a fuzzer that sees which of them reach new code (docs/FUZZING.md). A [FuzzTarget] says
/// where they go and what must hold then; [Fuzzer] starts Jazzer on one, and [Corpus] keeps what was found.
@NullMarked
package io.girok.fuzz;

import org.jspecify.annotations.NullMarked;
