using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Attune.Kernels.Loops;

/// <summary>The methods of a vector type that are alike for floats and integers.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Serves the code generator alone, and whatever leads there requires dynamic code.")]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The methods of vectors ask nothing of their type parameter.")]
internal sealed class VectorArithmetic
{
    private readonly MethodInfo add;
    private readonly MethodInfo subtract;
    private readonly MethodInfo multiply;
    private readonly MethodInfo? divide;
    private readonly MethodInfo minimum;
    private readonly MethodInfo maximum;

    /// <summary>Finds the methods.</summary>
    /// <param name="operations">Vector128, Vector256 or Vector512.</param>
    /// <param name="element">float or int.</param>
    public VectorArithmetic([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type operations, Type element)
    {
        bool floats = element == typeof(float);
        Load = Find(operations, element, "Load", 1);
        Vector = Load.ReturnType;
        Store = Find(operations, element, "Store", 2);
        Splat = operations.GetMethod("Create", [element])!;
        add = Find(operations, element, "Add", 2);
        subtract = Find(operations, element, "Subtract", 2);
        multiply = Find(operations, element, "Multiply", 2, vectorOperands: true);
        divide = floats ? Find(operations, element, "Divide", 2, vectorOperands: true) : null;
        minimum = Find(operations, element, floats ? "MinNative" : "Min", 2);
        maximum = Find(operations, element, floats ? "MaxNative" : "Max", 2);
    }

    public Type Vector { get; }

    public MethodInfo Load { get; }

    public MethodInfo Store { get; }

    public MethodInfo Splat { get; }

    public MethodInfo Of(BinaryOperation operation) => operation switch
    {
        BinaryOperation.Add => add,
        BinaryOperation.Subtract => subtract,
        BinaryOperation.Multiply => multiply,
        BinaryOperation.Divide when divide is not null => divide,
        BinaryOperation.Minimum => minimum,
        BinaryOperation.Maximum => maximum,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, $"Vectors of {Vector.GenericTypeArguments[0].Name} have no such operation."),
    };

    /// <summary>A generic method of a vector type, for an element.</summary>
    public static MethodInfo Find(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type operations, Type element, string name, int parameters,
        bool vectorOperands = false)
    {
        foreach (MethodInfo method in operations.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (method.Name == name && method.IsGenericMethodDefinition && method.GetParameters().Length == parameters
                && (!vectorOperands || Array.TrueForAll(method.GetParameters(), p => p.ParameterType.IsGenericType)))
            {
                return method.MakeGenericMethod(element);
            }
        }

        throw new MissingMethodException(operations.Name, name);
    }
}
