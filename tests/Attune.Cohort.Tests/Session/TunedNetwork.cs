using Attune.Devices;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Cohort.Tests.Session;

/// <summary>Two convolutions with default kernels: a tuned model that is profiled in a moment.</summary>
internal static class TunedNetwork
{
    private const int Channels = 32;
    private static readonly long[] Padding = [1, 1, 1, 1];

    public static TunedModel Create(DataType element = DataType.Float32)
    {
        var random = new Random(4);
        var builder = new NetworkBuilder("pair");
        string x = builder.Input("x", 1, Channels, 12, 12);
        x = builder.Add("Conv", "first", [x, Weights("w1")], ("pads", Padding));
        x = builder.Add("Relu", "relu", [x]);
        x = builder.Add("Conv", "second", [x, Weights("w2")], ("pads", Padding));
        builder.Output(x);
        Network network = builder.Build();
        return new TunedModel
        {
            Network = element == DataType.Float32
                ? PassPipeline.Default.Run(network)
                : network with { Inputs = [network.Inputs[0] with { Type = new TensorType(element, network.Inputs[0].Type.Shape) }] },
            Configurations = [],
            Device = CpuDevice.Detect().Fingerprint.Id,
            DeviceDescription = "this machine",
            Threads = 1,
            VectorLanes = CpuDevice.Detect().VectorLanes,
            CreatedAt = DateTimeOffset.UnixEpoch,
            ProductVersion = "1",
        };

        string Weights(string name)
        {
            var data = new float[Channels * Channels * 9];
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = (random.NextSingle() - 0.5f) / Channels;
            }

            return builder.Constant(name, Tensor.Of(Shape.Of(Channels, Channels, 3, 3), data));
        }
    }
}
