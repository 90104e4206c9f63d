using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Graph.Building;

/// <summary>
/// Builds a network operator by operator, in order, inferring types on the way so that a mistake is found where it is made.
/// Not thread-safe; one builder per network.
/// </summary>
/// <param name="name">The network's name.</param>
/// <param name="opset">Operator set of the nodes, 7 to 21.</param>
public sealed class NetworkBuilder(string name, int opset = 13)
{
    private readonly TypeInference inference = new(ConstantEvaluator.Default, Array.MaxLength);
    private readonly ImmutableDictionary<string, Tensor>.Builder constants = ImmutableDictionary.CreateBuilder<string, Tensor>();
    private readonly List<NetworkValue> inputs = [];
    private readonly List<string> outputs = [];
    private readonly List<Node> nodes = [];

    /// <summary>Adds an input of 32-bit floats.</summary>
    /// <returns>The name.</returns>
    public string Input(string value, params ReadOnlySpan<long> extents) => Input(value, new TensorType(DataType.Float32, Shape.Of(extents)));

    /// <summary>Adds an input.</summary>
    /// <returns>The name.</returns>
    public string Input(string value, TensorType type)
    {
        inputs.Add(new NetworkValue(value, type));
        inference.Define(value, type);
        return value;
    }

    /// <summary>Adds a constant.</summary>
    /// <returns>The name.</returns>
    public string Constant(string value, Tensor tensor)
    {
        constants.Add(value, tensor);
        inference.Define(value, tensor);
        return value;
    }

    /// <summary>Adds an operator with one output, which takes the node's name.</summary>
    /// <param name="operation">Operator.</param>
    /// <param name="value">Name of the node and of its output; empty invents one.</param>
    /// <param name="operands">Values read; empty names are omitted inputs.</param>
    /// <param name="attributes">Attributes.</param>
    /// <returns>The output's name.</returns>
    /// <exception cref="InvalidOperationException">The operator's types cannot be inferred; the message says why.</exception>
    public string Add(string operation, string value, ReadOnlySpan<string> operands, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string output = value.Length > 0 ? value : $"{operation}_{nodes.Count}";
        return Add(operation, output, operands, [output], attributes)[0];
    }

    /// <summary>Adds an operator with any number of outputs.</summary>
    /// <param name="operation">Operator.</param>
    /// <param name="node">Name of the node.</param>
    /// <param name="operands">Values read; empty names are omitted inputs.</param>
    /// <param name="results">Values written.</param>
    /// <param name="attributes">Attributes.</param>
    /// <returns>The outputs' names.</returns>
    /// <exception cref="InvalidOperationException">The operator's types cannot be inferred; the message says why.</exception>
    public string[] Add(
        string operation, string node, ReadOnlySpan<string> operands, string[] results, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Attributes all = Attributes.None;
        foreach ((string attribute, object value) in attributes)
        {
            all = all.With(attribute, value);
        }

        int version = operation is FusedOperators.Convolution or FusedOperators.Dense or FusedOperators.Attention or FusedOperators.Recurrent ? 1 : opset;
        var added = new Node(node, operation, version, [.. operands], [.. results], all);
        if (inference.Visit(added) is { } problem)
        {
            throw new InvalidOperationException($"{added}: {problem.Message}");
        }

        foreach (string result in results)
        {
            if (result.Length > 0 && !inference.Types.ContainsKey(result))
            {
                throw new InvalidOperationException($"{added}: the type of '{result}' is not known; is the operator spelt right and every input defined?");
            }
        }

        nodes.Add(added);
        return results;
    }

    /// <summary>Type of a value added so far.</summary>
    public TensorType TypeOf(string value) => inference.Types[value];

    /// <summary>Declares an output of the network.</summary>
    public void Output(string value) => outputs.Add(value);

    /// <summary>The network. The builder may be used further.</summary>
    public Network Build() => new(
        name,
        [.. inputs],
        [.. outputs.Select(output => new NetworkValue(output, inference.Types[output]))],
        [.. nodes],
        constants.ToImmutable(),
        inference.Types.ToImmutableDictionary());
}
