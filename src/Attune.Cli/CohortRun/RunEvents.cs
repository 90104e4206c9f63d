using System.Collections.Immutable;
using Attune.Cli.Output;

namespace Attune.Cli.CohortRun;

/// <summary>What happened while a cohort ran: told at once, and again in the report. Thread-safe.</summary>
internal sealed class RunEvents(ProgressLine progress)
{
    private const int Most = 100;
    private readonly Lock gate = new();
    private readonly List<string> all = [];

    /// <summary>Everything so far, in order.</summary>
    public ImmutableArray<string> All
    {
        get
        {
            lock (gate)
            {
                return [.. all];
            }
        }
    }

    /// <summary>Notes an event.</summary>
    public void Add(string happened)
    {
        lock (gate)
        {
            if (all.Count < Most)
            {
                all.Add(happened);
            }
        }

        progress.Announce($"cohort   {happened}");
    }
}
