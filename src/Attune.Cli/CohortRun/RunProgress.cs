using Attune.Cli.Output;
using Attune.Cohort.Session;

namespace Attune.Cli.CohortRun;

/// <summary>Tells how far a run is, and at once what happened.</summary>
/// <param name="line">Where to.</param>
/// <param name="duration">How long it runs.</param>
internal sealed class RunProgress(ProgressLine line, TimeSpan duration) : IProgress<CohortEvent>
{
    /// <inheritdoc/>
    public void Report(CohortEvent value)
    {
        switch (value)
        {
            case CohortAdvanced { Elapsed: var elapsed }:
                line.Report($"cohort   {elapsed.TotalSeconds:0} s of {duration.TotalSeconds:0} s");
                break;
            case CohortNoted { Text: var text }:
                line.Announce($"cohort   {text}");
                break;
        }
    }
}
