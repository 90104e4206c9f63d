using System.Collections.Immutable;
using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Graph.Reading;
using Attune.Kernels;
using Attune.Passes.Expansion;

namespace Attune.Graph;

/// <summary>
/// Reads ONNX models. Files are untrusted: whatever their bytes, the outcome is a network or its faults, never an exception.
/// Stateless; may be used by many threads.
/// </summary>
public static class OnnxReader
{
    private const int FirstWithOpsets = 3;

    // Operators of other domains are written in others of the model's set, or of the nearest of these.
    private const int OldestWritten = 13;
    private const int NewestWritten = 21;

    /// <summary>Reads a model whose shapes must all become known, as tuning needs it. All faults are reported together where possible.</summary>
    /// <param name="path">The model file; external data are looked for in its folder.</param>
    /// <param name="options">Shape overrides and limits; null for the defaults.</param>
    public static Result<ReadModel, UnreadableModel> Read(string path, ReadOptions? options = null) =>
        Strict(ReadFile(path, options ?? ReadOptions.Default, strict: true));

    /// <summary>
    /// Reads a model for looking at it or for running it value by value: unknown shapes and unsupported operators are no obstacle.
    /// Inputs and outputs without a static type carry element type Undefined and are absent from the network's types.
    /// Unsupported operators are listed among the faults although the network is there; type errors become warnings.
    /// </summary>
    /// <param name="path">The model file.</param>
    /// <param name="options">Shape overrides and limits; null for the defaults.</param>
    public static LooseReading ReadLoose(string path, ReadOptions? options = null) => ReadFile(path, options ?? ReadOptions.Default, strict: false);

    /// <summary>As <see cref="Read(string, ReadOptions?)"/>, from a stream. External data are refused.</summary>
    /// <param name="stream">The serialised model.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="options">Shape overrides and limits; null for the defaults.</param>
    public static Result<ReadModel, UnreadableModel> Read(Stream stream, string name, ReadOptions? options = null)
    {
        options ??= ReadOptions.Default;
        var faults = new FaultList();
        ModelProto? model = ProtobufFile.Parse<ModelProto>(stream, name, options.MaximumFileBytes, options.MaximumDepth, faults);
        return Strict(Convert(model, null, name, options, strict: true, faults));
    }

    private static Result<ReadModel, UnreadableModel> Strict(LooseReading reading) =>
        reading is { Network: { } network, Faults.IsEmpty: true }
            ? new ReadModel(network, reading.Warnings) { Open = reading.Open }
            : new UnreadableModel(reading.Faults, reading.Unsupported);

    private static LooseReading ReadFile(string path, ReadOptions options, bool strict)
    {
        var faults = new FaultList();
        ModelProto? model = ProtobufFile.Parse<ModelProto>(path, options.MaximumFileBytes, options.MaximumDepth, faults);
        string? folder = model is null ? null : Path.GetDirectoryName(Path.GetFullPath(path));
        return Convert(model, folder is null ? null : new ExternalData(folder), path, options, strict, faults);
    }

    private static LooseReading Convert(ModelProto? model, ExternalData? external, string where, ReadOptions options, bool strict, FaultList faults)
    {
        if (model is null)
        {
            return Failed(faults);
        }

        if (model.Graph is null || (model.Graph.Node.Count == 0 && model.Graph.Output.Count == 0))
        {
            faults.Add(FaultCodes.NotAModel, "The file holds no graph.", where, "Check that this is an ONNX model and not, for example, a single tensor.");
            return Failed(faults);
        }

        Dictionary<string, int> opsets = Opsets(model);
        var functions = new FunctionTable(model.Functions, where, faults);
        var converter = new GraphConverter(new OnnxTensorReader(external, options.MaximumElements, faults), functions, opsets, faults);
        RawGraph raw = converter.Convert(model.Graph, where).With(options.Constants) with
        {
            Opset = Math.Clamp(opsets.GetValueOrDefault(string.Empty), OldestWritten, NewestWritten),
        };
        if (raw.Name.Length == 0)
        {
            raw = raw with { Name = Path.GetFileNameWithoutExtension(where) };
        }

        CheckOpsets(converter.UsedOpsets, strict, where, faults);
        raw = raw with { Nodes = NodeOrder.Sort(raw, where, faults) };
        WeightCheck.Run(raw, options.RejectNaN, where, faults);
        raw = HalfWidening.Run(raw);
        Dictionary<string, TensorType> inputs = InputShapes.Resolve(raw, options, strict, where, faults);
        if (faults.Fatal || (strict && faults.Any) || !raw.Unreadable.IsEmpty)
        {
            // What would be written in others is judged by those, which are not known yet.
            IEnumerable<Node> final = raw.Nodes.Where(static node => !ExpansionTable.Knows(node.Operator));
            ImmutableArray<UnsupportedOperator> certain = UnsupportedIn(final, options, where, faults);
            return Failed(faults) with { Unsupported = certain };
        }

        Network network = new NetworkAssembly(options, strict, where, faults).Assemble(raw, inputs);
        ImmutableArray<UnsupportedOperator> unsupported = UnsupportedIn(network.Nodes, options, where, faults);
        bool usable = strict ? !faults.Any : !faults.Fatal;
        return new LooseReading(usable ? network : null, faults.Faults, faults.Warnings, unsupported) { Open = usable ? OpenReading.Of(raw) : null };
    }

    private static LooseReading Failed(FaultList faults) => new(null, faults.Faults, faults.Warnings, []);

    private static Dictionary<string, int> Opsets(ModelProto model)
    {
        var opsets = new Dictionary<string, int>();
        foreach (OperatorSetIdProto import in model.OpsetImport)
        {
            opsets[GraphConverter.DomainOf(import.Domain)] = (int)Math.Clamp(import.Version, 0, int.MaxValue);
        }

        // The format could not state operator sets before its third version; there was one.
        if (opsets.Count == 0 && model.IrVersion < FirstWithOpsets)
        {
            opsets[string.Empty] = 1;
        }

        return opsets;
    }

    /// <summary>
    /// Nodes and those of all bodies within them. Left out is what is written in others once types are known that are not known yet.
    /// </summary>
    private static IEnumerable<Node> WithBodies(Node node)
    {
        if (node.Operator == FusedOperators.Dynamic && node.Attributes.Find(FusedOperators.Body) is Network late)
        {
            // What reads nothing but values of known types was visited already, and stayed what it is.
            HashSet<string> known = [string.Empty, .. late.Inputs.Select(static input => input.Name)];
            return late.Nodes.Where(inner => ControlExpansion.Handles(inner.Operator) || SequenceOperators.Handles(inner.Operator)
                || inner.Inputs.All(known.Contains) || !ExpansionTable.Knows(inner.Operator)).SelectMany(WithBodies);
        }

        IEnumerable<Network> bodies = node.Attributes.Select(static entry => entry.Value).OfType<Network>();
        return [node, .. bodies.SelectMany(static body => body.Nodes).SelectMany(WithBodies).Where(static inner => !ExpansionTable.Knows(inner.Operator))];
    }

    private static void CheckOpsets(IEnumerable<int> used, bool strict, string where, FaultList faults)
    {
        foreach (int version in used.Where(version => strict && version is < ReadOptions.OldestOpset or > ReadOptions.NewestOpset))
        {
            string range = $"supported are {ReadOptions.OldestOpset} to {ReadOptions.NewestOpset}.";
            faults.Add(
                FaultCodes.Opset,
                version == 0
                    ? $"The model does not say which version of ONNX's operators it uses; {range}"
                    : $"The model needs operator set {version}; {range}",
                where,
                version == 0
                    ? "Export the model again; its list of imported operator sets is missing or incomplete."
                    : "Export it for a supported operator set, or convert it with ONNX's version converter.");
        }
    }

    private static ImmutableArray<UnsupportedOperator> UnsupportedIn(IEnumerable<Node> nodes, ReadOptions options, string where, FaultList faults)
    {
        Func<string, int, bool> supports = options.Supports ?? OperatorSupport.Supports;
        ImmutableArray<UnsupportedOperator> unsupported =
        [
            .. nodes.SelectMany(WithBodies)
                .Where(node => !supports(node.Operator, node.Opset))
                .GroupBy(node => (node.Operator, node.Opset))
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Operator, StringComparer.Ordinal)
                .Select(group => new UnsupportedOperator(group.Key.Operator, group.Key.Opset, [.. group.Select(node => node.Name)])),
        ];
        foreach (UnsupportedOperator missing in unsupported)
        {
            faults.Add(
                FaultCodes.UnsupportedOperator,
                $"The operator {missing.Operator} (opset {missing.Opset}) is not supported; {missing.Nodes.Length} nodes use it.",
                $"{where}, nodes {string.Join(", ", missing.Nodes.Take(10))}",
                "Export the model without it, or replace it by supported operators.");
        }

        return unsupported;
    }
}
