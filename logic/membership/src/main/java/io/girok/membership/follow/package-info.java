/// The metadata log of nodes that do not vote: they pull what is committed from the voters, so that their coming and
/// going never changes the quorum.
///
/// `MetadataFeed` answers on every node, `FollowedMetadataLog` asks on those that do not vote; `FollowerCodec` has the
/// bytes between them, which travel in envelopes. A follower's own copy of the metadata is one file,
/// `MetadataCopyFile`.
@NullMarked
package io.girok.membership.follow;

import org.jspecify.annotations.NullMarked;
