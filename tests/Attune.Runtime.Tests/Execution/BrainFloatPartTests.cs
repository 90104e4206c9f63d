using Attune.Kernels;
using Attune.Runtime.Execution;

namespace Attune.Runtime.Tests.Execution;

/// <summary>Rows of planes of floats become pixels of brain floats, whatever the number of columns, of channels and the distance of pixels.</summary>
public sealed unsafe class BrainFloatPartTests
{
    private const int Channels = 4;
    private const ushort Untouched = 0x5A5A;

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Four_channels_of_a_row_are_rounded_and_laid_next_to_each_other(int step)
    {
        var random = new Random(step);
        for (int columns = 1; columns <= 21; columns++)
        {
            for (int channels = 0; channels <= Channels; channels++)
            {
                float[] planes = [.. Enumerable.Range(0, Channels * columns).Select(_ => (random.NextSingle() - 0.5f) * 100)];
                planes[0] = float.NaN;
                var pixels = new ushort[(columns * step) + 1];
                Array.Fill(pixels, Untouched);
                fixed (float* from = planes)
                fixed (ushort* to = pixels)
                {
                    BrainFloatPart.Pixels(from, columns, channels, to, columns, step);
                }

                for (int at = 0; at < pixels.Length; at++)
                {
                    (int column, int channel) = Math.DivRem(at, step);
                    ushort expected = column >= columns || channel >= Channels ? Untouched
                        : channel < channels ? BFloat16.FromSingle(planes[(channel * columns) + column]).Bits : (ushort)0;
                    pixels[at].ShouldBe(expected, $"{columns} columns, {channels} channels, at {at}");
                }
            }
        }
    }
}
