package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about quotas of clients.
@Command(name = "quota", description = {"Limit what users, client ids and addresses may use of each broker.",
    "Whoever uses more is not refused, but slowed down."},
        subcommands = {QuotaSet.class, QuotaList.class,
            QuotaRemove.class})
final class QuotaCommand {}
