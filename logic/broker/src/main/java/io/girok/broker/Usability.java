package io.girok.broker;

import io.girok.base.TopicId;
import io.girok.files.StorageFailed;
import io.girok.metadata.BrokerImage;

/// Whether the log of a replica can be used, in a directory that can.
enum Usability {
    USABLE,
    /// Not before its disk has room; it lacks nothing.
    UNOPENED,
    LOST;

    static Usability after(Throwable failure) {
        return failure instanceof StorageFailed known && known.scope() == StorageFailed.Scope.PARTITION_UNTIL_ROOM
                ? UNOPENED
                : LOST;
    }

    /// As what the controller knows a replica in `directory`.
    TopicId told(TopicId directory) {
        return switch (this) {
            case USABLE -> directory;
            case UNOPENED -> BrokerImage.unopened(directory);
            case LOST -> BrokerImage.LOST_DIRECTORY;
        };
    }
}
