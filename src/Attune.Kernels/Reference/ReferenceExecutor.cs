namespace Attune.Kernels.Reference;

/// <summary>Runs a whole network with the reference kernels, node by node, on one thread. Values are dropped after their last reader.</summary>
public static class ReferenceExecutor
{
    /// <summary>Computes the outputs of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">One tensor for every input, of its declared element type (any, where that is undefined); a shape that differs from the declared one is accepted as long as the kernels accept it.</param>
    /// <param name="keep">Names of further values to return besides the network's outputs, for comparing layer by layer.</param>
    /// <param name="observer">Called with every node and its outputs as soon as they exist; null for none. An exception of its own ends the run.</param>
    /// <returns>The network's outputs and the values to keep, by name.</returns>
    /// <exception cref="UnsupportedOperatorException">A node has no reference kernel.</exception>
    /// <exception cref="ArgumentException">An input is missing, or a node contradicts its operator's definition.</exception>
    public static IReadOnlyDictionary<string, Tensor> Run(
        Network network,
        IReadOnlyDictionary<string, Tensor> inputs,
        IEnumerable<string>? keep = null,
        Action<Node, IReadOnlyList<Tensor>>? observer = null)
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
                throw new ArgumentException($"Input '{input.Name}' of network '{network.Name}' is {tensor.Type} but must hold {input.Type.Element}.", nameof(inputs));
            }
        }

        Dictionary<string, int> reads = network.CountReads();
        HashSet<string> wanted = [.. network.Outputs.Select(output => output.Name), .. keep ?? []];
        foreach (Node node in network.Nodes)
        {
            Tensor?[] arguments = [.. node.Inputs.Select(name => name.Length == 0 ? null : Find(network, values, node, name))];
            Tensor[] results = ReferenceKernels.Run(node, arguments);
            observer?.Invoke(node, results);
            for (int i = 0; i < node.Outputs.Length; i++)
            {
                if (node.Outputs[i].Length > 0)
                {
                    values[node.Outputs[i]] = results[i];
                }
            }

            foreach (string name in node.Inputs)
            {
                if (name.Length > 0 && --reads[name] == 0 && !wanted.Contains(name))
                {
                    values.Remove(name);
                }
            }
        }

        return wanted.ToDictionary(
            name => name,
            name => values.GetValueOrDefault(name) ?? network.Constants.GetValueOrDefault(name)
                ?? throw new ArgumentException($"Network '{network.Name}' does not compute '{name}'.", nameof(keep)),
            StringComparer.Ordinal);
    }

    private static Tensor Find(Network network, Dictionary<string, Tensor> values, Node node, string name) =>
        values.GetValueOrDefault(name) ?? network.Constants.GetValueOrDefault(name)
        ?? throw new ArgumentException($"Node '{node}' reads '{name}', which nothing defines before it.", nameof(network));
}
