using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops;

/// <summary>
/// The methods of Vector128, Vector256 or Vector512 that loop programs compile to. The JIT turns each call into one instruction (or folds it into
/// the addressing mode of another), for any instruction set that offers the width.
/// </summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Serves the code generator alone, and whatever leads there requires dynamic code.")]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The methods of vectors ask nothing of their type parameter.")]
internal sealed class VectorMethods
{
    private static readonly ConcurrentDictionary<(int Lanes, VectorInstructions Instructions), VectorMethods> Known = new();
    private readonly MethodInfo[] loads;

    private VectorMethods([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type operations, Type vector, VectorInstructions instructions, VectorInstructions widening)
    {
        Vector = vector;
        loads =
        [
            Generic(operations, "Load", 1),
            Widening("Halves"),
            Widening("Bytes"),
        ];
        Store = Generic(operations, "Store", 2);
        Splat = operations.GetMethod("Create", [typeof(float)])!;

        // Where no instruction fuses the two (x64 without AVX2), the exact result costs a library call for every lane; the rounding between them does not matter.
        MultiplyAdd = operations.GetMethod(instructions.HasFlag(VectorInstructions.FusedMultiplyAdd) ? "FusedMultiplyAdd" : "MultiplyAddEstimate", [vector, vector, vector])!;
        First = Generic(operations, "ToScalar", 1);
        SumLanes = Own("Sum", vector);
        MaximumOfLanes = Own("Maximum", vector);
        KeepFirst = Own("KeepFirst", vector);
        StoreFirst = Own("StoreFirst", vector);
        AsIntegers = Generic(operations, "AsInt32", 1);
        Type integers = AsIntegers.ReturnType;
        ShiftLeft = operations.GetMethod("ShiftLeft", [integers, typeof(int)])!;
        AsFloats = operations.GetMethod("AsSingle")!.MakeGenericMethod(typeof(int));
        SquareRoot = Generic(operations, "Sqrt", 1);
        Absolute = Generic(operations, "Abs", 1);
        Negate = Generic(operations, "Negate", 1);
        Add = Generic(operations, "Add", 2);
        Subtract = Generic(operations, "Subtract", 2);
        Multiply = Generic(operations, "Multiply", 2, vectorOperands: true);
        Divide = Generic(operations, "Divide", 2, vectorOperands: true);
        Minimum = Generic(operations, "MinNative", 2);
        Maximum = Generic(operations, "MaxNative", 2);

        MethodInfo Widening(string elements) =>
            typeof(WideningLoads).GetMethod($"{elements}{operations.Name[^3..]}{(instructions.HasFlag(widening) ? string.Empty : "Portable")}")!;
    }

    public Type Vector { get; }

    public MethodInfo Store { get; }

    public MethodInfo Splat { get; }

    public MethodInfo MultiplyAdd { get; }

    public MethodInfo First { get; }

    public MethodInfo KeepFirst { get; }

    public MethodInfo StoreFirst { get; }

    public MethodInfo AsIntegers { get; }

    public MethodInfo ShiftLeft { get; }

    public MethodInfo AsFloats { get; }

    private MethodInfo SumLanes { get; }

    private MethodInfo MaximumOfLanes { get; }


    private MethodInfo SquareRoot { get; }

    private MethodInfo Absolute { get; }

    private MethodInfo Negate { get; }

    private MethodInfo Add { get; }

    private MethodInfo Subtract { get; }

    private MethodInfo Multiply { get; }

    private MethodInfo Divide { get; }

    private MethodInfo Minimum { get; }

    private MethodInfo Maximum { get; }

    public static VectorMethods For(int lanes, VectorInstructions instructions) => Known.GetOrAdd((lanes, instructions), _ => lanes switch
    {
        4 => new VectorMethods(typeof(Vector128), typeof(Vector128<float>), instructions, VectorInstructions.Widen128),
        8 => new VectorMethods(typeof(Vector256), typeof(Vector256<float>), instructions, VectorInstructions.Widen256),
        16 => new VectorMethods(typeof(Vector512), typeof(Vector512<float>), instructions, VectorInstructions.Widen512),
        _ => throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "Vectors have 4, 8 or 16 floats."),
    });

    /// <summary>Loads a vector of elements of a format as floats.</summary>
    public MethodInfo Load(WeightFormat format) => loads[(int)format];

    public MethodInfo Of(UnaryOperation operation) => operation switch
    {
        UnaryOperation.Negate => Negate,
        UnaryOperation.Absolute => Absolute,
        UnaryOperation.SquareRoot => SquareRoot,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Functions are expanded before they are lowered."),
    };

    public MethodInfo Of(BinaryOperation operation) => operation switch
    {
        BinaryOperation.Add => Add,
        BinaryOperation.Subtract => Subtract,
        BinaryOperation.Multiply => Multiply,
        BinaryOperation.Divide => Divide,
        BinaryOperation.Minimum => Minimum,
        BinaryOperation.Maximum => Maximum,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    public MethodInfo Of(ReductionOperation operation) => operation switch
    {
        ReductionOperation.Add => SumLanes,
        ReductionOperation.Maximum => MaximumOfLanes,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private static MethodInfo Own(string name, Type vector) =>
        Array.Find(typeof(LaneMethods).GetMethods(BindingFlags.Public | BindingFlags.Static), method => method.Name == name && method.GetParameters()[0].ParameterType == vector)
        ?? throw new MissingMethodException(nameof(LaneMethods), name);

    private static MethodInfo Generic([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type operations, string name, int parameters, bool vectorOperands = false)
    {
        foreach (MethodInfo method in operations.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (method.Name == name && method.IsGenericMethodDefinition && method.GetParameters().Length == parameters
                && (!vectorOperands || Array.TrueForAll(method.GetParameters(), p => p.ParameterType.IsGenericType)))
            {
                return method.MakeGenericMethod(typeof(float));
            }
        }

        throw new MissingMethodException(operations.Name, name);
    }
}
