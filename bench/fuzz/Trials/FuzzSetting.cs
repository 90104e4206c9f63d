using System.Collections.Immutable;
using Attune.Bench.Fuzz.Graphs;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>One way of compiling and running a graph.</summary>
/// <param name="Lanes">Floats per vector.</param>
/// <param name="Threads">Threads of an inference.</param>
/// <param name="Passes">True with the default passes, false for the network as it is.</param>
/// <param name="Without">Fusions that are switched off.</param>
/// <param name="Weights">How weights are stored.</param>
/// <param name="Configurations">Seed of random configurations; null for the default ones.</param>
internal sealed record FuzzSetting(int Lanes, int Threads, bool Passes, ImmutableArray<string> Without, WeightFormat Weights, int? Configurations)
{
    /// <summary>Settings for a graph: one width after the other, every eighth graph all of them, and what else may differ at random.</summary>
    public static ImmutableArray<FuzzSetting> For(int seed, long index, ImmutableArray<int> widths, int processors)
    {
        Random random = Dice.For(seed, index, Purpose.Setting);
        ImmutableArray<int> lanes = index % 8 == 0 ? widths : [widths[(int)(index % widths.Length)]];
        var settings = ImmutableArray.CreateBuilder<FuzzSetting>();
        foreach (int width in lanes)
        {
            int threads = 1 + (int)(index / widths.Length % Math.Min(2, processors));
            settings.Add(new FuzzSetting(width, threads, true, [], WeightFormat.F32, null));
        }

        int other = widths[random.Next(widths.Length)];
        switch (random.Next(8))
        {
            case 0 or 1:
                settings.Add(new FuzzSetting(other, 1, false, [], WeightFormat.F32, null));
                break;
            case 2:
                settings.Add(
                    new FuzzSetting(other, 1, true, [.. Fusions.All.Select(fusion => fusion.Name).Where(_ => random.Next(3) == 0)], WeightFormat.F32, null));
                break;
            case 3 or 4:
                settings.Add(new FuzzSetting(other, Math.Min(2, processors), true, [], WeightFormat.F32, random.Next()));
                break;
            case 5 when !FuzzGraph.IsQuantised(index):
                // Rounded weights of a quantised network round other numbers to other bytes.
                settings.Add(new FuzzSetting(other, 1, true, [], random.Next(2) == 0 ? WeightFormat.F16 : WeightFormat.I8, null));
                break;
        }

        return settings.ToImmutable();
    }

    public override string ToString() => string.Join(", ",
    [
        $"{Lanes} lanes",
        $"{Threads} thread{(Threads == 1 ? string.Empty : "s")}",
        .. Passes ? Array.Empty<string>() : ["no passes"],
        .. Without.Select(name => $"without {name}"),
        .. Weights == WeightFormat.F32 ? Array.Empty<string>() : [$"weights {WeightFormats.NameOf(Weights)}"],
        .. Configurations is null ? Array.Empty<string>() : ["random configurations"],
    ]);
}
