using System.Reflection.Emit;

namespace Attune.Kernels.Loops;

/// <content>Vector expressions.</content>
internal sealed partial class IlLowering
{
    private void EmitStore(Store store)
    {
        bool narrows = store.Buffer.StoredAs != store.Buffer.Element;
        if (!narrows)
        {
            RequireWords(store.Buffer);
        }

        Push(store.Value);
        PushAddress(store.Buffer, store.Offset);
        il.Emit(OpCodes.Call, narrows ? vector.Narrow(store.Buffer.Element) : Methods(store.Value).Store);
    }

    private void EmitStoreFirst(StoreFirst store)
    {
        if (store.Buffer.StoredAs != store.Buffer.Element)
        {
            Push(store.Value);
            PushAddress(store.Buffer, store.Offset);
            il.Emit(OpCodes.Ldc_I4, store.Count);
            il.Emit(OpCodes.Call, vector.NarrowFirst(store.Buffer.Element));
            return;
        }

        RequireWords(store.Buffer);
        if (store.Value.Element == DataType.Int32)
        {
            // The bits are what is stored, whatever they mean.
            Push(store.Value);
            il.Emit(OpCodes.Call, vector.AsFloats);
            PushAddress(store.Buffer, store.Offset);
            il.Emit(OpCodes.Ldc_I4, store.Count);
            il.Emit(OpCodes.Call, vector.StoreFirst);
            return;
        }

        if (store.Count == 1)
        {
            PushAddress(store.Buffer, store.Offset);
            Push(store.Value);
            il.Emit(OpCodes.Call, vector.First);
            il.Emit(OpCodes.Stind_R4);
            return;
        }

        Push(store.Value);
        PushAddress(store.Buffer, store.Offset);
        il.Emit(OpCodes.Ldc_I4, store.Count);
        il.Emit(OpCodes.Call, vector.StoreFirst);
    }

    private void Push(Value value)
    {
        switch (value)
        {
            case Load load:
                PushAddress(load.Buffer, load.Offset);
                il.Emit(OpCodes.Call, load.Element == DataType.Int32 ? vector.Integers.Load : vector.Load(load.Buffer.Element));
                break;
            case Broadcast load:
                RequireWords(load.Buffer);
                PushAddress(load.Buffer, load.Offset);
                il.Emit(load.Element == DataType.Int32 ? OpCodes.Ldind_I4 : OpCodes.Ldind_R4);
                il.Emit(OpCodes.Call, Methods(load).Splat);
                break;
            case IntegerConstant constant:
                il.Emit(OpCodes.Ldc_I4, constant.Number);
                il.Emit(OpCodes.Call, vector.Integers.Splat);
                break;
            case Conversion conversion:
                Push(conversion.Operand);
                il.Emit(OpCodes.Call, conversion.Element == DataType.Int32 ? vector.ToIntegers : vector.ToFloats);
                break;
            case Constant constant:
                il.Emit(OpCodes.Ldc_R4, constant.Number);
                il.Emit(OpCodes.Call, vector.Floats.Splat);
                break;
            case Read read:
                LoadLocal(Register(read.Tile, read.Subscripts));
                break;
            case Unary { Operation: UnaryOperation.ShiftToExponent } shift:
                Push(shift.Operand);
                il.Emit(OpCodes.Call, vector.AsIntegers);
                il.Emit(OpCodes.Ldc_I4, 23);
                il.Emit(OpCodes.Call, vector.ShiftLeft);
                il.Emit(OpCodes.Call, vector.AsFloats);
                break;
            case Unary unary:
                Push(unary.Operand);
                il.Emit(OpCodes.Call, vector.Of(unary.Operation));
                break;
            case Reduction reduction:
                Push(reduction.Operand);
                il.Emit(OpCodes.Call, vector.Of(reduction.Operation));
                break;
            case FirstLanes first:
                Push(first.Operand);
                il.Emit(OpCodes.Ldc_I4, first.Count);
                il.Emit(OpCodes.Ldc_R4, first.Rest);
                il.Emit(OpCodes.Call, vector.KeepFirst);
                break;
            case Binary binary:
                Push(binary.Left);
                Push(binary.Right);
                il.Emit(OpCodes.Call, Methods(binary).Of(binary.Operation));
                break;
            case DotProduct product:
                Push(product.Left);
                Push(product.Right);
                Push(product.Addend);
                il.Emit(OpCodes.Call, vector.DotProduct);
                break;
            case PairProduct product:
                Push(product.Left);
                Push(product.Right);
                Push(product.Addend);
                il.Emit(OpCodes.Call, vector.PairProduct);
                break;
            case MultiplyAdd fma:
                Push(fma.Left);
                Push(fma.Right);
                Push(fma.Addend);
                il.Emit(OpCodes.Call, vector.MultiplyAdd);
                break;
            default:
                throw new InvalidOperationException($"Unknown value {value.GetType().Name}.");
        }
    }

    private VectorArithmetic Methods(Value value) => value.Element == DataType.Int32 ? vector.Integers : vector.Floats;

    private static void RequireWords(Buffer buffer)
    {
        if (buffer.Element is not (DataType.Float32 or DataType.Int32))
        {
            throw new InvalidOperationException($"Buffer '{buffer}' holds {buffer.Element}; only vectors can be loaded from it.");
        }
    }
}
