using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// Runs a network whose types, or whose nodes to run, are known only while it runs: symbolic extents, results whose size depends on numbers, If, Loop and
/// Scan. It goes from position to position; what follows there from the types of the values at hand is fused, planned and compiled when it is met for the
/// first time, and found again afterwards. What takes little work runs on reference kernels first, so results may differ by roundings between runs. Bodies of
/// control flow run in the same way, so loops run on compiled kernels. One instance may be shared by threads.
/// </summary>
internal sealed class DynamicModel : IDisposable
{
    private readonly Network network;
    private readonly StageBuilder builder;
    private readonly Position start;
    private readonly StageCache cache;
    private readonly Func<Network, CompiledModel> compile;
    private readonly Dictionary<Network, DynamicModel> bodies = new(ReferenceEqualityComparer.Instance);

    /// <summary>Prepares a network; nothing is compiled yet.</summary>
    /// <param name="network">Nodes in topological order. Types are not looked at; names that nothing defines must come with the inputs.</param>
    /// <param name="configurations">Knob texts by task key.</param>
    /// <param name="options">Options with nothing left to the machine, and a team to share.</param>
    /// <param name="limits">How much of what is compiled is kept; null for the default.</param>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public DynamicModel(
        Network network, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions options, DynamicLimits? limits = null)
        : this(
            network, new StageCache(limits ?? options.Limits),
            stage => CompiledModel.Compile(PassPipeline.Default.Without(options.WithoutFusions).Run(stage), configurations, options))
    {
    }

    private DynamicModel(Network network, StageCache cache, Func<Network, CompiledModel> compile)
    {
        this.network = network;
        this.cache = cache;
        this.compile = compile;
        builder = new StageBuilder(network);
        start = builder.Start();
    }

    /// <summary>Compiled parts that are kept; for tests.</summary>
    internal int Stages => cache.Count;

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">A tensor for every name that the network reads and does not define.</param>
    /// <returns>The network's outputs, in order.</returns>
    /// <exception cref="ArgumentException">
    /// A value is missing, or a node contradicts its operator's definition for values of these types and numbers.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">A node asks for what no kernel does.</exception>
    public Tensor[] Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        cache.Enter();
        try
        {
            return RunStages(inputs);
        }
        finally
        {
            cache.Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => cache.Clear();

    private Tensor[] RunStages(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string name in start.Reads)
        {
            values[name] = inputs.GetValueOrDefault(name)
                ?? throw new ArgumentException($"'{name}' of network '{network.Name}' was not supplied.", nameof(inputs));
        }

        Position position = start;
        Tensor? Find(string name) => values.GetValueOrDefault(name) ?? position.Constants.GetValueOrDefault(name);
        while (!position.Remaining.IsEmpty)
        {
            Stage stage = StageAt(position, values);
            position = stage.Next;
            var computed = new List<(string Name, Tensor Value)>();
            foreach (Node node in stage.HostNodes)
            {
                Tensor?[] operands = [.. node.Inputs.Select(name => name.Length == 0 ? null : Find(name))];
                Tensor[] results = ControlFlow.Handles(node.Operator)
                    ? ControlFlow.Run(node, operands, (body, arguments) => RunBody(body, arguments, Find))
                    : ReferenceKernels.Default.Run(node, operands);
                computed.AddRange(node.Outputs.Zip(results).Where(static pair => pair.First.Length > 0));
            }

            computed.AddRange(stage.RunRest(values).Select(static result => (result.Key, result.Value)));
            foreach (string name in values.Keys.Where(name => !position.Reads.Contains(name)).ToArray())
            {
                values.Remove(name);
            }

            foreach ((string name, Tensor value) in computed)
            {
                values[name] = value;
            }
        }

        return [.. network.Outputs.Select(output => Find(output.Name)!)];
    }

    private Stage StageAt(Position position, Dictionary<string, Tensor> values)
    {
        ImmutableArray<TensorType> types = [.. position.Reads.Select(name => values[name].Type)];
        lock (cache.Gate)
        {
            if (cache.Find(position, types) is not { } stage)
            {
                stage = builder.Divide(position, types);
                cache.Add(stage);
            }

            cache.Prepare(stage, compile);
            return stage;
        }
    }

    private Tensor[] RunBody(Network body, IReadOnlyList<Tensor> arguments, Func<string, Tensor?> outer)
    {
        if (body.Inputs.Length != arguments.Count)
        {
            throw new ArgumentException($"The body '{body.Name}' has {body.Inputs.Length} inputs instead of {arguments.Count}.", nameof(arguments));
        }

        DynamicModel model = ModelOf(body);
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string name in model.start.Reads)
        {
            if (outer(name) is { } captured)
            {
                inputs[name] = captured;
            }
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            inputs[body.Inputs[i].Name] = arguments[i];
        }

        return model.RunStages(inputs);
    }

    /// <summary>The model of a body. Constants of the enclosing network that it reads are its own, so that they are packed once.</summary>
    private DynamicModel ModelOf(Network body)
    {
        lock (cache.Gate)
        {
            if (!bodies.TryGetValue(body, out DynamicModel? model))
            {
                HashSet<string> own = [.. body.Inputs.Select(static input => input.Name), .. body.Constants.Keys];
                IEnumerable<KeyValuePair<string, Tensor>> captured = ControlFlow.FreeNames(body)
                    .Where(name => !own.Contains(name) && network.Constants.ContainsKey(name))
                    .Select(name => KeyValuePair.Create(name, network.Constants[name]));
                model = new DynamicModel(body with { Constants = body.Constants.AddRange(captured) }, cache, compile);
                bodies.Add(body, model);
            }

            return model;
        }
    }
}
