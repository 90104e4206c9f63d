using System.Collections.Immutable;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Recurrent;

/// <summary>
/// How a recurrent layer is cut for a processor: the products of a step into register tiles, hidden units into blocks that threads share, and the memory of
/// states. A hidden state has a row for each direction and sequence, rounded up to whole vectors. The state of a step and that of the next lie in two places
/// that take turns; behind them lie cell states, or what a step's first part leaves to its second.
/// </summary>
internal sealed class RecurrentTiles
{
    // Multiply-adds that hide their own latency.
    private const int Chains = 10;

    private readonly RecurrentWorkload w;

    private RecurrentTiles(RecurrentWorkload w, KernelTarget target)
    {
        this.w = w;
        Vectors = (w.Hidden + w.Lanes - 1) / w.Lanes;
        (int First, int Count)[] gates = w.Kind == RecurrentKind.ResetBefore ? [(0, 2), (2, 1)] : [(0, w.Gates)];
        var parts = ImmutableArray.CreateBuilder<RecurrentPart>();
        long weights = 0;
        foreach ((int first, int count) in gates)
        {
            (int vectors, int rows) = Choose(count, target.Registers);
            parts.Add(new RecurrentPart(first, count, vectors, rows, weights, (Vectors + vectors - 1) / vectors));
            weights += (long)w.Directions * w.Hidden * count * Width;
        }

        Parts = parts.ToImmutable();
        BiasAt = weights;
    }

    /// <summary>Vectors of a row of states.</summary>
    public int Vectors { get; }

    /// <summary>Floats of a row of states.</summary>
    public int Width => Vectors * w.Lanes;

    /// <summary>What a step does one after the other.</summary>
    public ImmutableArray<RecurrentPart> Parts { get; }

    /// <summary>Floats of a state.</summary>
    public long StateFloats => (long)w.Directions * w.Batch * Width;

    /// <summary>Where cell states, or the update gates of a step's first part, lie in the memory of states.</summary>
    public long CellsAt => 2 * StateFloats;

    /// <summary>Where the scaled states of a step's first part lie.</summary>
    public long ScaledAt => 3 * StateFloats;

    /// <summary>Floats of all states.</summary>
    public long SharedFloats => StateFloats * w.Kind switch
    {
        RecurrentKind.ResetBefore => 4,
        RecurrentKind.Long => 3,
        _ => 2,
    };

    /// <summary>Where the biases of the candidates lie behind the weights.</summary>
    public long BiasAt { get; }

    /// <summary>Floats of the packed weights, biases included.</summary>
    public long PackedFloats => BiasAt + (w.Kind == RecurrentKind.ResetBehind ? (long)w.Directions * Width : 0);

    public static RecurrentTiles Of(RecurrentWorkload workload, KernelTarget target) => new(workload, target);

    /// <summary>Where the state that a step begins with lies; the state behind the last step lies where the step after it would begin.</summary>
    public long StateAt(int step) => step % 2 * StateFloats;

    /// <summary>
    /// Packs the recurrent weights as kernels read them: direction by direction and block by block, for each unit of the state the weights of all gates next to
    /// each other, zeros in the lanes behind the last unit. Biases of candidates come last.
    /// </summary>
    /// <param name="weights">Weights as ONNX orders them: [directions, gates * hidden, hidden].</param>
    /// <param name="bias">Biases of the candidates, [directions, hidden]; empty for none.</param>
    public float[] Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        var packed = new float[PackedFloats];
        foreach (RecurrentPart part in Parts)
        {
            for (int column = 0; column < w.Directions * w.Hidden; column++)
            {
                (int direction, int unit) = (column / w.Hidden, column % w.Hidden);
                int block = unit / (part.Vectors * w.Lanes);
                int inside = unit % (part.Vectors * w.Lanes);
                int vectors = Math.Min(part.Vectors, Vectors - (block * part.Vectors));
                long at = part.WeightsAt + ((long)direction * w.Hidden * part.Count * Width)
                    + ((long)block * part.Vectors * w.Lanes * part.Count * w.Hidden) + inside;
                for (int gate = 0; gate < part.Count; gate++)
                {
                    ReadOnlySpan<float> row = weights.Slice((((direction * w.Gates) + part.First + gate) * w.Hidden + unit) * w.Hidden, w.Hidden);
                    for (int k = 0; k < row.Length; k++)
                    {
                        packed[at + (((long)k * part.Count) + gate) * vectors * w.Lanes] = row[k];
                    }
                }
            }
        }

        for (int direction = 0; direction < w.Directions && bias.Length > 0; direction++)
        {
            bias.Slice(direction * w.Hidden, w.Hidden).CopyTo(packed.AsSpan(checked((int)BiasAt) + (direction * Width)));
        }

        return packed;
    }

    /// <summary>
    /// The register tile with the least estimated time: two multiply-adds in a cycle, enough of them to hide their latency, and loads of weights, which come
    /// from the second-level cache, dearer than those of states.
    /// </summary>
    private (int Vectors, int Rows) Choose(int gates, int registers)
    {
        (double Cost, int Vectors, int Rows) best = (double.PositiveInfinity, 1, 1);
        for (int vectors = 1; vectors <= Vectors; vectors++)
        {
            for (int rows = 1; rows <= w.Rows; rows++)
            {
                int sums = gates * vectors * rows;
                if (sums + rows + 1 > registers - 1 && (vectors > 1 || rows > 1))
                {
                    break;
                }

                double tiles = Math.Ceiling((double)w.Rows / rows) * Math.Ceiling((double)Vectors / vectors);
                double cost = tiles * (Math.Max(Chains, sums) + (0.4 * rows) + (0.8 * gates * vectors));
                best = cost < best.Cost ? (cost, vectors, rows) : best;
            }
        }

        return (best.Vectors, best.Rows);
    }
}
