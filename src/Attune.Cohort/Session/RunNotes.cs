using System.Collections.Immutable;

namespace Attune.Cohort.Session;

/// <summary>What happened while a cohort ran: told at once, and again in the report. Thread-safe.</summary>
internal sealed class RunNotes(IProgress<CohortEvent>? progress)
{
    private const int Max = 100;
    private readonly Lock gate = new();
    private readonly List<string> all = [];

    /// <summary>The first hundred, in order.</summary>
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
            if (all.Count < Max)
            {
                all.Add(happened);
            }
        }

        progress?.Report(new CohortNoted(happened));
    }
}
