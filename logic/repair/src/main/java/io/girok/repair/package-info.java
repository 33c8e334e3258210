/// Log directories at rest: what is damaged in them ([io.girok.repair.PartitionInspection]), and what can be done about
/// it ([io.girok.repair.RepairPlan]). Used by one thread, on files that no broker has.
@NullMarked
package io.girok.repair;

import org.jspecify.annotations.NullMarked;
