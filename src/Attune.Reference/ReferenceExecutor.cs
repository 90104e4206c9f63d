using Attune.Kernels;

namespace Attune.Reference;

/// <summary>Runs a whole network with the reference kernels, node by node, on one thread. Values are dropped after their last reader.</summary>
internal static class ReferenceExecutor
{
    /// <summary>
    /// True when the operator can be run here: it has a reference kernel, or it is control flow (If, Loop, Scan) whose body is judged when it runs.
    /// </summary>
    /// <param name="op">Operator.</param>
    /// <param name="opset">Version of its operator set.</param>
    /// <param name="kernels">The kernels; null for <see cref="ReferenceKernels.Default"/>.</param>
    public static bool Supports(string op, int opset, ReferenceKernels? kernels = null) =>
        (kernels ?? ReferenceKernels.Default).Supports(op, opset) || ControlFlow.Handles(op);

    /// <summary>Computes the outputs of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">
    /// One tensor for every input, of its declared element type (any, where that is undefined); a shape that differs from the declared one is accepted as long
    /// as the kernels accept it.
    /// </param>
    /// <param name="keep">Names of further values to return besides the network's outputs, for comparing layer by layer.</param>
    /// <param name="observer">Called with every node and its outputs as soon as they exist; null for none. An exception of its own ends the run.</param>
    /// <param name="kernels">The kernels; null for <see cref="ReferenceKernels.Default"/>.</param>
    /// <returns>The network's outputs and the values to keep, by name.</returns>
    /// <exception cref="UnsupportedOperatorException">A node has no reference kernel.</exception>
    /// <exception cref="ArgumentException">An input is missing, or a node contradicts its operator's definition.</exception>
    public static IReadOnlyDictionary<string, Tensor> Run(
        Network network,
        IReadOnlyDictionary<string, Tensor> inputs,
        IEnumerable<string>? keep = null,
        Action<Node, IReadOnlyList<Tensor>>? observer = null,
        ReferenceKernels? kernels = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (NetworkValue input in network.Inputs)
        {
            values[input.Name] = inputs.TryGetValue(input.Name, out Tensor? tensor)
                ? tensor
                : throw new ArgumentException($"Input '{input.Name}' of network '{network.Name}' was not supplied; it needs {input.Type}.", nameof(inputs));
            if (tensor.Element != input.Type.Element && input.Type.Element != DataType.Undefined)
            {
                throw new ArgumentException(
                    $"Input '{input.Name}' of network '{network.Name}' is {tensor.Type} but must hold {input.Type.Element}.", nameof(inputs));
            }
        }

        HashSet<string> wanted = [.. network.Outputs.Select(output => output.Name), .. keep ?? []];
        Execute(network, kernels ?? ReferenceKernels.Default, values, static _ => null, wanted, observer);
        return wanted.ToDictionary(name => name, name => Result(network, values, static _ => null, name), StringComparer.Ordinal);
    }

    /// <summary>Runs the body of a control-flow operator: inputs by position, free names from the enclosing networks; returns its outputs in order.</summary>
    internal static Tensor[] RunBody(Network body, IReadOnlyList<Tensor> inputs, Func<string, Tensor?> outer, ReferenceKernels kernels)
    {
        if (body.Inputs.Length != inputs.Count)
        {
            throw new ArgumentException($"The body '{body.Name}' has {body.Inputs.Length} inputs instead of {inputs.Count}.", nameof(inputs));
        }

        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (int i = 0; i < inputs.Count; i++)
        {
            values[body.Inputs[i].Name] = inputs[i];
        }

        Execute(body, kernels, values, outer, [.. body.Outputs.Select(output => output.Name)], observer: null);
        return [.. body.Outputs.Select(output => Result(body, values, outer, output.Name))];
    }

    private static void Execute(
        Network network,
        ReferenceKernels kernels,
        Dictionary<string, Tensor> values,
        Func<string, Tensor?> outer,
        HashSet<string> wanted,
        Action<Node, IReadOnlyList<Tensor>>? observer)
    {
        Dictionary<string, int> reads = network.CountReads();
        HashSet<string> captured = ControlFlow.FreeNames(network);
        Tensor? Find(string name) => values.GetValueOrDefault(name) ?? network.Constants.GetValueOrDefault(name) ?? outer(name);
        foreach (Node node in network.Nodes)
        {
            Tensor?[] arguments = [.. node.Inputs.Select(name => name.Length == 0
                ? null
                : Find(name) ?? throw new ArgumentException($"Node '{node}' reads '{name}', which nothing defines before it.", nameof(network)))];
            Tensor[] results = ControlFlow.Handles(node.Operator)
                ? ControlFlow.Run(node, arguments, (body, given) => RunBody(body, given, Find, kernels))
                : kernels.Run(node, arguments);
            observer?.Invoke(node, results);
            for (int i = 0; i < Math.Min(node.Outputs.Length, results.Length); i++)
            {
                if (node.Outputs[i].Length > 0)
                {
                    values[node.Outputs[i]] = results[i];
                }
            }

            foreach (string name in node.Inputs)
            {
                if (name.Length > 0 && --reads[name] == 0 && !wanted.Contains(name) && !captured.Contains(name))
                {
                    values.Remove(name);
                }
            }
        }
    }

    private static Tensor Result(Network network, Dictionary<string, Tensor> values, Func<string, Tensor?> outer, string name) =>
        values.GetValueOrDefault(name) ?? network.Constants.GetValueOrDefault(name) ?? outer(name)
        ?? throw new ArgumentException($"Network '{network.Name}' does not compute '{name}'.", nameof(name));
}
