using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using Attune.Kernels;

namespace Attune.Runtime.Tensors;

/// <summary>Runs models on the framework's tensor spans. Dense tensors are used where they are, others are copied. Stateless.</summary>
public static class TensorSpanRuns
{
    /// <summary>Runs a network of one input and one output, both of 32-bit floats.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">A tensor of the input's shape.</param>
    /// <param name="output">A tensor of the output's shape, which receives its elements.</param>
    /// <exception cref="ArgumentException">A tensor has another shape than the value.</exception>
    /// <exception cref="InvalidOperationException">The network has several inputs or outputs, or other element types.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public static void Run(this CompiledModel model, scoped in ReadOnlyTensorSpan<float> input, scoped in TensorSpan<float> output)
    {
        RequireShape(model.Inputs[0], input.Lengths, nameof(input));
        RequireShape(model.Outputs[0], output.Lengths, nameof(output));
        float[]? inputCopy = input.IsDense ? null : ArrayPool<float>.Shared.Rent((int)input.FlattenedLength);
        float[]? outputCopy = output.IsDense ? null : ArrayPool<float>.Shared.Rent((int)output.FlattenedLength);
        try
        {
            ReadOnlySpan<float> source = inputCopy is null ? Elements(input) : inputCopy.AsSpan(0, (int)input.FlattenedLength);
            Span<float> target = outputCopy is null ? Elements(output) : outputCopy.AsSpan(0, (int)output.FlattenedLength);
            if (inputCopy is not null)
            {
                input.FlattenTo(inputCopy);
            }

            model.Run(source, target);
            if (outputCopy is not null)
            {
                new ReadOnlyTensorSpan<float>(target, output.Lengths).CopyTo(output);
            }
        }
        finally
        {
            Return(inputCopy);
            Return(outputCopy);
        }
    }

    /// <summary>Copies a tensor into the binding's own memory of an input.</summary>
    /// <typeparam name="T">CLR type of the elements.</typeparam>
    /// <param name="binding">The binding.</param>
    /// <param name="index">Position of the input.</param>
    /// <param name="tensor">A tensor of the input's shape.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    /// <exception cref="ArgumentException">The tensor has another shape, or elements of another type.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public static void SetInput<T>(this ModelBinding binding, int index, scoped in ReadOnlyTensorSpan<T> tensor)
    {
        RequireShape(At(binding.Model.Inputs, index), tensor.Lengths, nameof(tensor));
        tensor.FlattenTo(binding.Input<T>(index));
    }

    /// <summary>Copies what the last run computed for an output into a tensor.</summary>
    /// <typeparam name="T">CLR type of the elements.</typeparam>
    /// <param name="binding">
    /// The binding. An output that nothing was bound to must have been asked for before the run: see <see cref="ModelBinding.Output{T}"/>.
    /// </param>
    /// <param name="index">Position of the output.</param>
    /// <param name="tensor">A tensor of the output's shape.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    /// <exception cref="ArgumentException">The tensor has another shape, or elements of another type.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public static void GetOutput<T>(this ModelBinding binding, int index, scoped in TensorSpan<T> tensor)
    {
        RequireShape(At(binding.Model.Outputs, index), tensor.Lengths, nameof(tensor));
        new ReadOnlyTensorSpan<T>(binding.Output<T>(index), tensor.Lengths).CopyTo(tensor);
    }

    private static ReadOnlySpan<float> Elements(in ReadOnlyTensorSpan<float> tensor) =>
        tensor.GetSpan(stackalloc nint[tensor.Rank], (int)tensor.FlattenedLength);

    private static Span<float> Elements(in TensorSpan<float> tensor) => tensor.GetSpan(stackalloc nint[tensor.Rank], (int)tensor.FlattenedLength);

    private static NetworkValue At(ImmutableArray<NetworkValue> values, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)values.Length, nameof(index));
        return values[index];
    }

    private static void RequireShape(NetworkValue value, ReadOnlySpan<nint> lengths, string argument)
    {
        bool fits = lengths.Length == value.Type.Shape.Rank;
        for (int axis = 0; fits && axis < lengths.Length; axis++)
        {
            fits = lengths[axis] == value.Type.Shape.Dimensions[axis];
        }

        if (!fits)
        {
            throw new ArgumentException($"'{value.Name}' has shape {value.Type.Shape}, but the tensor is {string.Join('x', lengths.ToArray())}.", argument);
        }
    }

    private static void Return(float[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
