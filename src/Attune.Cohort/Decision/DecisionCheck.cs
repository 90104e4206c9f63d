using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Records.Documents;

namespace Attune.Cohort.Decision;

/// <summary>What came of making the decisions of a log again.</summary>
/// <param name="Decisions">Decisions in the log.</param>
/// <param name="Different">How many came out otherwise.</param>
/// <param name="First">The first of those; null when there is none.</param>
/// <param name="Last">The last decisions of the log, oldest first, as many as were asked for.</param>
/// <param name="Problems">What is wrong with the log; empty when it could be read to its end.</param>
public sealed record DecisionCheck(
    long Decisions, long Different, DecisionEntry? First, ImmutableArray<DecisionEntry> Last, ImmutableArray<DocumentProblem> Problems)
{
    /// <summary>Makes every decision of a log again.</summary>
    /// <param name="lines">Lines of the log.</param>
    /// <param name="setup">The cohort that it is of.</param>
    /// <param name="keep">How many of the last decisions to keep.</param>
    public static DecisionCheck Of(IEnumerable<string> lines, CohortSetup setup, int keep)
    {
        var replay = new DecisionReplay(setup);
        var problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        var last = new Queue<DecisionEntry>();
        DecisionEntry? first = null;
        long decisions = 0;
        long different = 0;
        foreach (DecisionEntry entry in DecisionFile.Read(lines, setup, problems.Add))
        {
            decisions++;
            if (!replay.IsSame(entry))
            {
                different++;
                first ??= entry;
            }

            last.Enqueue(entry);
            if (last.Count > keep)
            {
                last.Dequeue();
            }
        }

        return new DecisionCheck(decisions, different, first, [.. last], problems.ToImmutable());
    }
}
