using Attune.Contracts.Stores;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class MemoryTrialLogContractTests : TrialLogContract
{
    private readonly MemoryTrialLog log = new();

    protected override ITrialLog Reopen() => log;
}
