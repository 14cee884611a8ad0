#!/bin/sh
exec echo "app is running"
