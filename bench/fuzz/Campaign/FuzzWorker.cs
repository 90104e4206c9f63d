namespace Attune.Bench.Fuzz.Campaign;

/// <summary>
/// Tries graphs one after the other and says so on standard output before and after each, so that whoever started it knows which one killed it.
/// </summary>
internal static class FuzzWorker
{
    /// <summary>Tries every graph whose number is a step from the first.</summary>
    public static void Run(FuzzOptions options, long first, long step, TextWriter output)
    {
        for (long index = first; index < options.Start + options.Graphs; index += step)
        {
            output.WriteLine(new FuzzLine(index, false, 0, string.Empty).Encode());
            output.Flush();
            output.WriteLine(Try(options, index).Encode());
            output.Flush();
        }
    }

    private static FuzzLine Try(FuzzOptions options, long index)
    {
        GraphVerdict verdict;
        try
        {
            verdict = GraphVerdict.Of(options.Seed, index, options.Lanes, Environment.ProcessorCount);
        }
#pragma warning disable CA1031 // A graph that cannot be drawn or computed is a finding, and the next graph must still be tried.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new FuzzLine(index, true, 0, $"The graph cannot be drawn or computed by the reference kernels: {exception}");
        }

        if (verdict.Difference is not { } difference)
        {
            return new FuzzLine(index, true, verdict.Settings, string.Empty);
        }

        string written = string.Empty;
        if (options.Write is { } folder)
        {
            string target = Path.Combine(folder, $"fuzz_{options.Seed}_{index}");
            Reproducer.Write(target, verdict.Network, verdict.Inputs);
            written = $"{Environment.NewLine}  written to {target}";
        }

        return new FuzzLine(
            index, true, verdict.Settings, $"{difference.Setting}: {difference.Reason}{Environment.NewLine}{Trials.GraphText.Of(verdict.Network)}{written}");
    }
}
