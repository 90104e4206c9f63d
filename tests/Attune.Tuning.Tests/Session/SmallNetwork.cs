using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Tuning.Tests.Session;

/// <summary>A convolution, then one channel at a time and a 1x1 convolution that may run as one: small enough to be tuned in a moment.</summary>
internal static class SmallNetwork
{
    private const int Channels = 32;
    private static readonly long[] Padding = [1, 1, 1, 1];

    public static Network Create()
    {
        var random = new Random(3);
        var builder = new NetworkBuilder("small");
        string x = builder.Input("x", 1, Channels, 10, 10);
        x = builder.Add("Conv", "first", [x, Weights("w1", Channels, Channels, 3, 3)], ("pads", Padding));
        x = builder.Add("Relu", "relu", [x]);
        x = builder.Add("Conv", "depthwise", [x, Weights("w2", Channels, 1, 3, 3)], ("pads", Padding), ("group", (long)Channels));
        x = builder.Add("Conv", "pointwise", [x, Weights("w3", 2 * Channels, Channels, 1, 1)]);
        builder.Output(x);
        return builder.Build();

        string Weights(string name, params long[] shape)
        {
            var data = new float[shape.Aggregate(1L, (product, extent) => product * extent)];
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = (random.NextSingle() - 0.5f) / Channels;
            }

            return builder.Constant(name, Tensor.Of(Shape.Of(shape), data));
        }
    }
}
