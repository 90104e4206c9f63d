using System.Collections.Immutable;
using System.Numerics;
using Attune.Kernels.Spaces;

namespace Attune.Tuning.Search;

/// <summary>
/// Features that say how a tile's size fits vectors, warps and cache lines: log2 of the odd part of every factor, 0 for powers of two. Between 128 and 144 the
/// logarithm of a size hardly changes, its alignment does (Roller, OSDI 2022, restricts its tiles by it). Only columns that vary are kept, so spaces of powers
/// of two have none.
/// </summary>
internal sealed class AlignmentFeatures
{
    private readonly Space space;
    private readonly ImmutableArray<Column> columns;

    public AlignmentFeatures(Space space)
    {
        this.space = space;
        var found = ImmutableArray.CreateBuilder<Column>();
        for (int position = 0; position < space.Knobs.Length; position++)
        {
            Knob knob = space.Knobs[position];
            int parts = knob.Kind is KnobKind.Scale or KnobKind.Split ? knob.Entities[0].Length : 0;
            for (int part = 0; part < parts; part++)
            {
                ImmutableArray<float> values = [.. knob.Entities.Select(entity => OddPart(entity[part]))];
                if (values.Distinct().Count() > 1)
                {
                    found.Add(new Column(position, values));
                }
            }
        }

        columns = found.ToImmutable();
    }

    /// <summary>Number of features.</summary>
    public int Count => columns.Length;

    /// <summary>Writes the features of a point.</summary>
    public void Fill(long point, Span<float> target)
    {
        int[] vector = columns.IsEmpty ? [] : space.Decode(point);
        for (int i = 0; i < columns.Length; i++)
        {
            target[i] = columns[i].Values[vector[columns[i].Position]];
        }
    }

    private static float OddPart(int value) => value == 0 ? 0 : MathF.Log2(Math.Abs((float)value) / (1 << BitOperations.TrailingZeroCount(value)));

    private sealed record Column(int Position, ImmutableArray<float> Values);
}
