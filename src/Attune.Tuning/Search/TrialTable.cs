using System.Runtime.InteropServices;
using Attune.Learning;

namespace Attune.Tuning.Search;

/// <summary>
/// Everything a search tried, timed and failed, in one table that only grows: models that learn from failures too are fitted on it again and again.
/// </summary>
internal sealed class TrialTable
{
    private readonly List<bool> ran = [];
    private readonly List<int> timedRows = [];
    private int timed;
    private int failed;

    /// <summary>One row per trial; null before the first.</summary>
    public FeatureTable? Features { get; private set; }

    /// <summary>Per row, whether it ran.</summary>
    public ReadOnlySpan<bool> Ran => CollectionsMarshal.AsSpan(ran);

    /// <summary>Performance relative to the fastest per timed point of a memory, in (0, 1].</summary>
    public static float[] TimedMerits(SearchMemory memory)
    {
        double fastest = memory.Timed.Min(observation => observation.TimeMs);
        return [.. memory.Timed.Select(observation => (float)(fastest / observation.TimeMs))];
    }

    /// <summary>Takes in what the memory learnt since the last call.</summary>
    public void Update(SearchMemory memory)
    {
        for (; timed < memory.Timed.Count; timed++)
        {
            timedRows.Add(ran.Count);
            Add(memory.TimedFeatures!.Row(timed), true);
        }

        for (; failed < (memory.FailedFeatures?.Rows ?? 0); failed++)
        {
            Add(memory.FailedFeatures!.Row(failed), false);
        }
    }

    /// <summary>Performance relative to the fastest per row, failures 0.</summary>
    public float[] Merits(SearchMemory memory)
    {
        var merits = new float[ran.Count];
        float[] known = TimedMerits(memory);
        for (int i = 0; i < timedRows.Count; i++)
        {
            merits[timedRows[i]] = known[i];
        }

        return merits;
    }

    private void Add(ReadOnlySpan<float> features, bool succeeded)
    {
        Features ??= new FeatureTable(features.Length);
        Features.Add(features);
        ran.Add(succeeded);
    }
}
