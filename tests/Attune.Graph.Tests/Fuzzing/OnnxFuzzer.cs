using Attune.Devices;
using Attune.Graph.Analysis;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;
using Google.Protobuf;

namespace Attune.Graph.Tests.Fuzzing;

/// <summary>
/// Damages sound ONNX files, in their bytes or field by field, and takes them through reading, checking, all passes and, where they are small, the
/// reference kernels. Whatever a file says, the outcome is a network or faults, and a run ends with tensors of the inferred types or with
/// <see cref="InvalidNodeException"/>. Every case follows from the seed and its number alone.
/// </summary>
internal static class OnnxFuzzer
{
    private const long MaxElements = 20_000;
    private const int MaxNodes = 300;
    private const long MaxBytes = 1L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs cases and tells those that went wrong.</summary>
    /// <param name="seed">Seed of all cases.</param>
    /// <param name="count">Number of cases.</param>
    /// <param name="folder">An empty folder for files.</param>
    /// <returns>One line for each outcome with its number, and one for each defect.</returns>
    public static (IReadOnlyDictionary<string, int> Outcomes, IReadOnlyList<string> Defects) Run(int seed, int count, string folder)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var defects = new List<string>();
        File.WriteAllBytes(Path.Combine(folder, "data.bin"), new byte[100]);
        for (int i = 0; i < count && defects.Count < 40; i++)
        {
            // Awaited with a limit, so that a case that never ends is told and not waited for.
            int number = i;
            Task<(string Outcome, string? Defect)> work = Task.Run(() => Case(seed, number, folder));
            if (!work.Wait(Patience))
            {
                defects.Add($"case {seed}/{i} did not end");
                break;
            }

            outcomes[work.Result.Outcome] = outcomes.GetValueOrDefault(work.Result.Outcome) + 1;
            if (work.Result.Defect is { } defect)
            {
                defects.Add($"case {seed}/{i}: {defect}");
            }
        }

        return (outcomes, defects);
    }

    /// <summary>The file of one case.</summary>
    public static byte[] FileOf(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        byte[] sound = FuzzModels.All[random.Next(FuzzModels.All.Count)];
        if (random.Next(5) == 0)
        {
            return Bytes(random, sound);
        }

        ModelProto model = ModelProto.Parser.ParseFrom(sound);
        new ModelMutation(random).Apply(model);
        byte[] file = model.ToByteArray();
        return random.Next(20) == 0 ? Bytes(random, file) : file;
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) + (number * 7919) + 17);

    private static byte[] Bytes(Random random, byte[] sound)
    {
        List<byte> file = [.. sound];
        for (int change = random.Next(1, 6); change > 0 && file.Count > 1; change--)
        {
            int at = random.Next(file.Count);
            switch (random.Next(5))
            {
                case 0:
                    file.RemoveRange(at, file.Count - at);
                    break;
                case 1:
                    file.InsertRange(at, file.GetRange(0, random.Next(Math.Min(64, file.Count))));
                    break;
                case 2:
                    file.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    file[at] = random.Next(2) == 0 ? byte.MaxValue : (byte)0;
                    break;
                default:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. file];
    }

    private static (string Outcome, string? Defect) Case(int seed, int number, string folder)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            (string outcome, string? defect) = Judge(FileOf(seed, number), new Random(number), folder);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return (outcome, defect ?? (allocated > MaxBytes ? $"{allocated:N0} bytes were allocated" : null));
        }
#pragma warning disable CA1031 // Any exception at all is what is looked for.
        catch (Exception escaped)
#pragma warning restore CA1031
        {
            return ("escaped", escaped.ToString());
        }
    }

    private static (string Outcome, string? Defect) Judge(byte[] file, Random random, string folder)
    {
        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, file);
        LooseReading loose = OnnxReader.ReadLoose(path);
        Result<ReadModel, UnreadableModel> strict = OnnxReader.Read(path);
        if (!strict.Succeeded)
        {
            return strict.Error!.Faults.IsEmpty || (loose.Network is null && loose.Faults.IsEmpty)
                ? ("silent", "neither a network nor a fault")
                : ("refused " + strict.Error!.Faults[0].Code, null);
        }

        Network network = strict.Value.Network;
        long elements = network.Types.Values.Sum(static type => type.Shape.Count);
        if (elements > MaxElements * 1000)
        {
            // Sound but large: only what the file itself allowed is looked at.
            return ("accepted, large", null);
        }

        Network fused = PassPipeline.Default.Run(network);
        if (NetworkVerifier.Verify(fused) is { Length: > 0 } violations)
        {
            return ("broken", $"the passes broke the network: {string.Join("; ", violations)}");
        }

        NetworkSummary.Of(network);
        NetworkSummary.Of(fused);
        if (elements > MaxElements || network.Nodes.Length > MaxNodes)
        {
            return ("accepted", null);
        }

        return Ran(network, random) is { } defect ? ("ran", defect) : Ran(fused, random) is { } later ? ("ran", $"after fusion: {later}") : ("ran", null);
    }

    private static string? Ran(Network network, Random random)
    {
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(static input => input.Name, input => Filled(input.Type, random));
        try
        {
            IReadOnlyDictionary<string, Tensor> outputs = ReferenceExecutor.Run(network, inputs);
            NetworkValue? wrong = network.Outputs.FirstOrDefault(
                output => output.Type.Element != DataType.Undefined && !outputs[output.Name].Type.Equals(output.Type));
            return wrong is null ? null : $"'{wrong.Name}' was inferred as {wrong.Type} and is {outputs[wrong.Name].Type}";
        }
        catch (InvalidNodeException)
        {
            return null;
        }
        catch (UnsupportedOperatorException late) when (
            network.Nodes is [.., { Operator: FusedOperators.Dynamic }] || late.Reason.Contains("training mode") || late.Reason.Contains("no epsilon"))
        {
            // Whether Dropout drops may be decided by an input, and types that a run tells decide what is supported.
            return null;
        }
    }

    private static Tensor Filled(TensorType type, Random random)
    {
        double[] numbers = [.. Enumerable.Range(0, (int)type.Shape.Count).Select(_ => Math.Round((random.NextDouble() * 6) - 2, 2))];
        var cast = new Node("filled", "Cast", 13, ["numbers"], ["tensor"], Attributes.None.With("to", (long)type.Element));
        return ReferenceKernels.Default.Run(cast, [Tensor.Of(type.Shape, numbers)])[0];
    }
}
