using Attune.Contracts.Stores;
using Attune.Records.Journals;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

public sealed class JournalTrialLogContractTests : TrialLogContract
{
    private Journal? journal;

    protected override ITrialLog Reopen()
    {
        journal?.Dispose();
        journal = Journal.Open(PathOf("records.jsonl"));
        return new JournalTrialLog(journal, "x64-test", "session");
    }

    protected override void Close() => journal?.Dispose();
}
