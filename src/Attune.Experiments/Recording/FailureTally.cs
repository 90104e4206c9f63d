using Attune.Measuring;
using Attune.Records;

namespace Attune.Experiments.Recording;

/// <summary>Counts outcomes and keeps the first failure's whole message: what a user needs when nothing works. One thread at a time.</summary>
public sealed class FailureTally
{
    private readonly SortedDictionary<Outcome, int> outcomes = [];

    /// <summary>Measurements counted.</summary>
    public int All { get; private set; }

    /// <summary>Message of the first failure, or null.</summary>
    public string? FirstMessage { get; private set; }

    /// <summary>True when there are measurements and none of them worked.</summary>
    public bool NothingWorked => All > 0 && Count(Outcome.Ok) == 0 && Count(Outcome.CutShort) == 0;

    /// <summary>Outcomes by kind.</summary>
    public IReadOnlyDictionary<Outcome, int> Outcomes => outcomes;

    /// <summary>How often an outcome occurred.</summary>
    public int Count(Outcome outcome) => outcomes.GetValueOrDefault(outcome);

    /// <summary>Counts a measurement.</summary>
    public void Add(MeasureResult result)
    {
        All++;
        outcomes[result.Outcome] = Count(result.Outcome) + 1;
        if (result.Outcome is not (Outcome.Ok or Outcome.CutShort))
        {
            FirstMessage ??= result.Message;
        }
    }
}
