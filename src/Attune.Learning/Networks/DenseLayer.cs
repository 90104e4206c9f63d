using System.Runtime.InteropServices;

namespace Attune.Learning.Networks;

/// <summary>
/// Shape of a layer x W + b, or of several equal ones side by side that do not see each other's inputs. Its parameters are, per group, the weights input by
/// input, then
/// the biases.
/// </summary>
/// <param name="Groups">Layers side by side, at least 1.</param>
/// <param name="GroupInputs">Inputs of each, at least 1.</param>
/// <param name="GroupOutputs">Outputs of each, at least 1.</param>
/// <param name="InputScale">Factor on what comes from the layer before; 1 for the first layer.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DenseLayer(int Groups, int GroupInputs, int GroupOutputs, double InputScale = 1)
{
    /// <summary>Values per row of input.</summary>
    public int Inputs => Groups * GroupInputs;

    /// <summary>Values per row of output.</summary>
    public int Outputs => Groups * GroupOutputs;

    /// <summary>Weights of a group.</summary>
    public int GroupWeights => GroupInputs * GroupOutputs;

    /// <summary>Weights and biases of a group.</summary>
    public int GroupParameters => GroupWeights + GroupOutputs;

    /// <summary>All weights and biases.</summary>
    public int Parameters => Groups * GroupParameters;
}
