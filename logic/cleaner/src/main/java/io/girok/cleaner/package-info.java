/// Log compaction: which log is cleaned when, and what is left of it.
///
/// Start with [io.girok.cleaner.Cleaner], which chooses; [io.girok.cleaner.LogCleaning] cleans one log,
/// [io.girok.cleaner.BatchFilter] says what is left of a batch. How files take each other's place is the log's:
/// [io.girok.log.CleanableLog].
@NullMarked
package io.girok.cleaner;

import org.jspecify.annotations.NullMarked;
